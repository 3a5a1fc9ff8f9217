import { join } from "node:path";
import * as z from "zod";
import { writeWithRoom } from "#agent/activate/ballast.ts";
import type { Folders } from "#agent/activate/folders.ts";
import { spoolMark } from "#agent/activate/spool-cache.ts";
import { readKept } from "#agent/link/durable.ts";

/** Store path and the mark of what lay in the spool for it. */
const corruptSchema = z.array(z.tuple([z.string().max(512), z.string().max(200)])).max(256);

type Where = Pick<Folders, "state" | "spool">;
const fileOf = ({ state }: Where) => join(state, "corrupt.json");

/**
 * What was refused as other than signed counts as missing from now on, as long as it is the same file: its owner, the fetcher, then
 * brings it anew. Root removes nothing in a folder of the unprivileged half, which could put a link in the way.
 */
export async function noteCorrupt(folders: Where, path: string): Promise<void> {
  const mark = await spoolMark(folders, path);
  if (mark === null) return;
  const others = [...(await readCorrupt(folders))].filter(([one]) => one !== path);
  await writeWithRoom(
    folders.state,
    fileOf(folders),
    JSON.stringify([[path, mark], ...others].slice(0, 256)),
  );
}

/** A note that is lost costs one more refusal, so damage to it is no reason to stop. */
async function readCorrupt(folders: Where): Promise<ReadonlyMap<string, string>> {
  const kept = await readKept(fileOf(folders), corruptSchema);
  return new Map(kept.state === "kept" ? kept.value : []);
}

/** Those of the paths for which the spool holds nothing, or what was refused already. */
export async function notSpooled<P extends { path: string }>(
  folders: Where,
  paths: readonly P[],
): Promise<P[]> {
  const corrupt = await readCorrupt(folders);
  const missing: P[] = [];
  for (const one of paths) {
    const mark = await spoolMark(folders, one.path);
    if (mark === null || mark === corrupt.get(one.path)) missing.push(one);
  }
  return missing;
}
