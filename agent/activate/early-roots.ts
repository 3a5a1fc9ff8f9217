import { mkdir, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Folders } from "#agent/activate/folders.ts";
import type { SignedPath } from "#agent/activate/signed-list.ts";
import { errorCode } from "#agent/link/durable.ts";
import { tipsOf } from "#core/change/early.ts";

/**
 * Roots of what was copied ahead of its toplevel, which keeps all of it once it is there. They are not synced: what loses its root in a
 * power cut may be collected, and is then missing and fetched again.
 */
const folderOf = ({ gcRoots }: Pick<Folders, "gcRoots">) => join(gcRoots, "incoming");

/** Goes before the copy: a collection between the two would take what was copied (L25). */
export async function rootEarly(
  folders: Pick<Folders, "gcRoots">,
  paths: readonly SignedPath[],
): Promise<void> {
  await mkdir(folderOf(folders), { recursive: true, mode: 0o755 });
  for (const { path } of tipsOf(paths))
    await symlink(path, join(folderOf(folders), basename(path))).catch((error: unknown) => {
      if (errorCode(error) !== "EEXIST") throw error;
    });
}

export async function dropEarlyRoots(folders: Pick<Folders, "gcRoots">): Promise<void> {
  await rm(folderOf(folders), { recursive: true, force: true });
}
