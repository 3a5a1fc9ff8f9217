import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import type { RepositoryName } from "#core/trust/layout.ts";
import { firstRootName, type RepositoryFolders } from "./folders.ts";

/** Null: a person has not placed it yet. */
export async function readFirstRoot(
  folders: RepositoryFolders,
  repository: RepositoryName,
): Promise<Uint8Array | null> {
  return await readIfThere(join(folders.firstRoots, firstRootName(repository)));
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Bytes of a file; null: it is not there, or is a link or a folder, which this program never puts there. */
export async function sizeOf(path: string): Promise<number | null> {
  try {
    const info = await lstat(path);
    return info.isFile() ? info.size : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** A file of our own below a folder, bounded; null: it is not there, or larger. */
export async function readBelow(folder: string, name: string, maxBytes: number): Promise<Uint8Array | null> {
  const fetched = await folderFetcher(folder)(name, maxBytes);
  return fetched.ok ? fetched.bytes : null;
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
