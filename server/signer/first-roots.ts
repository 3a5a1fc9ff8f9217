import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { folderShelf } from "#agent/trust/shelf.ts";
import type { RepositoryName } from "#core/trust/layout.ts";
import { METADATA_LIMIT_BYTES } from "#core/trust/layout.ts";
import { firstRootName } from "#server/repository/folders.ts";

/**
 * The first roots as this process saw them first: what the web process may write to is looked at once. A person who means to begin anew
 * removes the copy in the signer's folder.
 */
export function keptFirstRoots(
  folder: string,
  given: string,
): (repository: RepositoryName) => Promise<Uint8Array | null> {
  const shelf = folderShelf(join(folder, "first-root"));
  return async (repository) => {
    const name = firstRootName(repository);
    const kept = await shelf.read(name);
    if (kept !== null) return kept;
    const found = await readIfThere(join(given, name));
    if (found === null || found.length > METADATA_LIMIT_BYTES.root) return null;
    await shelf.write(name, found);
    return found;
  };
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
