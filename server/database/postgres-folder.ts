import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PostgresPrograms } from "#server/database/postgres-programs.ts";
import { StartError } from "#server/start-error.ts";

/** Superuser of the database in the data folder; it migrates and is never the web process's role. */
export const OWNER = "fid_owner";

/** A unix socket's path ends before this many bytes (sun_path): 104 on macOS, 108 on Linux. */
const SOCKET_PATH_BYTES = 104;
export const SOCKET_LOCK = ".s.PGSQL.5432.lock";

export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartError(
      "data-folder",
      `The data folder ${folder} cannot be made: ${error instanceof Error ? error.message : String(error)}.`,
      error,
    );
  }
}

/** The newest `pg<major>` in the folder. */
export function existingMajor(folder: string): number | null {
  const majors = readdirSync(folder)
    .map((name) => /^pg(\d+)$/.exec(name)?.[1])
    .filter((major) => major !== undefined && existsSync(join(folder, `pg${major}`, "PG_VERSION")))
    .map(Number);
  return majors.length === 0 ? null : Math.max(...majors);
}

/** Beside the data, or below the temporary folder where the checkout lies too deep for a socket's path. */
export function socketFolder(data: string, temporary = tmpdir()): string {
  const near = `${data}-socket`;
  const fits = Buffer.byteLength(join(near, SOCKET_LOCK)) < SOCKET_PATH_BYTES;
  const name = createHash("sha256").update(data).digest("hex").slice(0, 16);
  const folder = fits ? near : join(temporary, `fiducial-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new StartError(
      "data-folder",
      `The folder ${folder} for the database's socket belongs to somebody else.`,
    );
  }
  if ((mode & 0o077) !== 0) chmodSync(folder, 0o700);
  return folder;
}

/**
 * PostgreSQL refuses user id 0. A user namespace makes it an ordinary user inside, while its files stay root's outside, so a
 * checkout below /root works. (A lesser user would need a folder of its own and could not enter there.)
 */
export function asOrdinaryUser(): string[] {
  if (process.getuid?.() !== 0) return [];
  const wrap = ["unshare", "-U", "--map-user=1", "--map-group=1", "--"];
  if (spawnSync("unshare", [...wrap.slice(1), "true"]).status === 0) return wrap;
  throw new StartError(
    "no-postgres",
    "PostgreSQL refuses to run as root, and this machine allows no user namespaces: start Fiducial as an ordinary user, or set DATABASE_URL.",
  );
}

/** Made apart and renamed, so that a first start that was cut off leaves no half database. */
export function initialise({ initdb }: PostgresPrograms, data: string, wrap: readonly string[]): void {
  const fresh = `${data}.new-${process.pid}`;
  const locale = process.platform === "linux" ? "C.UTF-8" : "C";
  const [program = initdb, ...rest] = [...wrap, initdb];
  const flags = [
    "-U",
    OWNER,
    "-A",
    "trust",
    "-E",
    "UTF8",
    `--locale=${locale}`,
    "--no-sync",
    "--no-instructions",
  ];
  const { status, stderr, error } = spawnSync(program, [...rest, "-D", fresh, ...flags], {
    encoding: "utf8",
  });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    const words = error?.message ?? stderr;
    throw new StartError("postgres-failed", `The database cannot be made in ${data}: ${words.trim()}`, error);
  }
  if (existsSync(data)) rmSync(fresh, { recursive: true, force: true });
  else renameSync(fresh, data);
}
