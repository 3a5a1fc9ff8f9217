import { open, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { ChangePort } from "#agent/change/port.ts";
import { durableWrite, errorCode, removeIfThere, syncFolder } from "#agent/link/durable.ts";

const SIZE_BYTES = 64 * 1024 * 1024;
const PIECE = Buffer.alloc(1024 * 1024, 1);

/** Of a file system, and of a quota on it. */
const FULL = ["ENOSPC", "EDQUOT"];

const pathIn = (state: string) => join(state, "ballast");

/** Space that is given back before going back, so that a full disk cannot hold a scanner on a bad generation (reliability.md §3.1). */
export function ballastIn(
  state: string,
  log: (text: string) => void,
  sizeBytes = SIZE_BYTES,
): ChangePort["ballast"] {
  const path = pathIn(state);
  return {
    free: () => freeBallast(state),
    restore: async () => {
      const { bavail, bsize } = await statfs(state);
      // On a disk this full the space is worth more free.
      if (bavail * bsize < 4 * sizeBytes) return;
      try {
        await fill(path, sizeBytes);
      } catch (error) {
        if (errorCode(error) === "EEXIST") return;
        log(`ballast: ${String(error)}`);
        await removeIfThere(path);
      }
    },
  };
}

async function freeBallast(state: string): Promise<void> {
  await removeIfThere(pathIn(state));
  // The space is free for others once this is on the disk.
  await syncFolder(state);
}

/** Does it, and on a full disk once more without the ballast; that is what it lies there for. */
export async function withRoom<T>(state: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!FULL.includes(errorCode(error))) throw error;
    await freeBallast(state);
    return await action();
  }
}

/** The durable write of the activator's own files. Throws ENOSPC only when there was no ballast left to give, either. */
export function writeWithRoom(state: string, path: string, content: string): Promise<void> {
  return withRoom(state, () => durableWrite(path, content));
}

/** Written and not only reserved: some file systems promise blocks they do not have. */
async function fill(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    for (let written = 0; written < sizeBytes; written += PIECE.length) await file.write(PIECE);
    await file.sync();
  } finally {
    await file.close();
  }
}
