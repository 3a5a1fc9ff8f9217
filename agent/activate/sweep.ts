import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Folders } from "#agent/activate/folders.ts";
import { errorCode, removeIfThere } from "#agent/link/durable.ts";

/** Drafts of durable writes, links and locks carry the number of the process that made them. */
const DRAFT = /\.(?<writer>\d+)(\.\d+)?\.unfinished$|^agent\.lock(\.takeover)*\.(?<locker>\d+)$/;

/** Takes away what a process left half written when it was killed; a forgotten link among the GC roots keeps its closure for ever. */
export async function sweepDrafts({ state, gcRoots }: Pick<Folders, "state" | "gcRoots">): Promise<void> {
  for (const folder of [state, gcRoots])
    for (const name of await namesIn(folder)) {
      const { writer, locker } = DRAFT.exec(name)?.groups ?? {};
      const pid = writer ?? locker;
      if (pid !== undefined && !existsSync(`/proc/${pid}`)) await removeIfThere(join(folder, name));
    }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}
