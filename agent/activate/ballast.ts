import { open, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ChangePort } from "#agent/change/port.ts";
import { durableWrite, errorCode, removeIfThere, syncFolder } from "#agent/link/durable.ts";
import { FULL } from "#agent/link/write-over.ts";

/** The first is given before going back, for what others have to write then; the last stays for the activator's own files. */
const PORTIONS = { ballast: 64 * 1024 * 1024, "ballast.last": 16 * 1024 * 1024 } as const;
type Portion = keyof typeof PORTIONS;
const PORTION_NAMES = Object.keys(PORTIONS) as Portion[];
const PIECE = Buffer.alloc(1024 * 1024, 1);

const pathOf = (state: string, portion: Portion) => join(state, portion);

/**
 * Space that is given back before going back, so that a full disk cannot hold a scanner on a bad generation (reliability.md §3.1). It is
 * taken again before ARM, at the end of a change, and whenever the activator or the guard starts: a full disk may have come in between.
 */
export function ballastIn(
  state: string,
  log: (text: string) => void,
  sizes: Readonly<Record<Portion, number>> = PORTIONS,
): ChangePort["ballast"] {
  return {
    free: () => freePortion(state, "ballast"),
    restore: async () => {
      for (const portion of PORTION_NAMES) await restorePortion(pathOf(state, portion), sizes[portion], log);
    },
  };
}

async function restorePortion(path: string, sizeBytes: number, log: (text: string) => void): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  // On a disk this full the space is worth more free.
  if (bavail * bsize < 4 * sizeBytes) return;
  try {
    await fill(path, sizeBytes);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return;
    log(`ballast: ${String(error)}`);
    await removeIfThere(path);
  }
}

async function freePortion(state: string, portion: Portion): Promise<void> {
  await removeIfThere(pathOf(state, portion));
  // The space is free for others once this is on the disk.
  await syncFolder(state);
}

/** Does it, and on a full disk again without one portion of the ballast after the other; that is what they lie there for. */
export async function withRoom<T>(state: string, action: () => Promise<T>): Promise<T> {
  for (const portion of PORTION_NAMES)
    try {
      return await action();
    } catch (error) {
      if (!FULL.includes(errorCode(error))) throw error;
      await freePortion(state, portion);
    }
  return action();
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
