import { stat } from "node:fs/promises";
import { runProgram } from "#agent/run-program.ts";

/**
 * Everything written to the file systems of these folders is on the disk. There is no syncfs(2) in Node; coreutils' sync calls it, once
 * for each file system and not for each folder. A rename that is not followed by it may be undone by a power cut.
 */
export async function syncFileSystems(folders: readonly string[]): Promise<void> {
  const byDevice = new Map<number, string>();
  for (const folder of folders) byDevice.set((await stat(folder)).dev, folder);
  const ran = await runProgram("sync", ["--file-system", ...byDevice.values()], {
    timeoutMs: 600_000,
    maxBytes: 64 * 1024,
  });
  if (!ran.ok) throw new Error(`sync: ${ran.detail}`);
  if (ran.value.status !== 0) throw new Error(`sync: ${ran.value.stderr.slice(0, 300)}`);
}
