import { execFile } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);

const LIBRARIES = "/usr/local/lib";
/** As tests/system/own-clock.c names it. */
const SHIFT = "clock-shift";

type Made = { folder: string; sync: string; clock: string };
let made: Promise<Made | null> | null = null;

/**
 * Arguments of systemd-nspawn with which a host's sync(2) writes the host's own disks only (own-sync.c), so that several hosts can lose
 * power side by side. None where this machine has no compiler: sync(2) is then the machine's, and cuts near one are void.
 * `clockIn`: the host has a wall clock of its own, too (own-clock.c), which is set by a file in this folder.
 */
export async function ownLibraries(clockIn: string | null): Promise<readonly string[]> {
  made ??= compiled();
  const found = await made;
  if (found === null) return [];
  const names = clockIn === null ? [found.sync] : [found.sync, found.clock];
  const preload = path.join(found.folder, `ld.so.preload-${names.length}`);
  writeFileSync(preload, names.map((name) => `${LIBRARIES}/${path.basename(name)}\n`).join(""));
  const shift = clockIn === null ? [] : [path.join(clockIn, SHIFT)];
  return [
    ...[...names, ...shift].map((file) => `--bind-ro=${file}:${LIBRARIES}/${path.basename(file)}`),
    `--bind-ro=${preload}:/etc/ld.so.preload`,
    "--system-call-filter=~sync",
  ];
}

/** In place: every program of the host has this very file mapped. */
export function shiftClock(clockIn: string, ms: number): void {
  const nanoseconds = Buffer.alloc(8);
  nanoseconds.writeBigInt64LE(BigInt(ms) * 1_000_000n);
  const file = path.join(clockIn, SHIFT);
  if (!existsSync(file)) writeFileSync(file, nanoseconds, { mode: 0o644 });
  const opened = openSync(file, "r+");
  writeSync(opened, nanoseconds, 0, nanoseconds.length, 0);
  closeSync(opened);
}

async function compiled(): Promise<Made | null> {
  const folder = mkdtempSync(path.join(tmpdir(), "fid-own-"));
  const library = async (name: string) => {
    const file = path.join(folder, `${name}.so`);
    const source = path.join(import.meta.dirname, `${name}.c`);
    await exec("cc", ["-shared", "-fPIC", "-O2", "-o", file, source]);
    return file;
  };
  try {
    return { folder, sync: await library("own-sync"), clock: await library("own-clock") };
  } catch (error) {
    console.log(
      `a host's sync(2) and clock are this machine's: ${error instanceof Error ? error.message : error}`,
    );
    return null;
  }
}
