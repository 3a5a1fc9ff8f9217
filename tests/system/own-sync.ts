import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);

const SOURCE = path.join(import.meta.dirname, "own-sync.c");
const AT = "/usr/local/lib/own-sync.so";

let made: Promise<readonly string[]> | null = null;

/**
 * Arguments of systemd-nspawn with which a host's sync(2) writes the host's own disks only (own-sync.c), so that several hosts can lose
 * power side by side. None where this machine has no compiler: sync(2) is then the machine's, and cuts near one are void.
 */
export function ownSync(): Promise<readonly string[]> {
  made ??= compiled();
  return made;
}

async function compiled(): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "fid-own-sync-"));
  const library = path.join(folder, "own-sync.so");
  try {
    await exec("cc", ["-shared", "-fPIC", "-O2", "-o", library, SOURCE]);
  } catch (error) {
    console.log(`sync(2) of a host is this machine's: ${error instanceof Error ? error.message : error}`);
    return [];
  }
  const preload = path.join(folder, "ld.so.preload");
  await writeFile(preload, `${AT}\n`);
  return [
    `--bind-ro=${library}:${AT}`,
    `--bind-ro=${preload}:/etc/ld.so.preload`,
    "--system-call-filter=~sync",
  ];
}
