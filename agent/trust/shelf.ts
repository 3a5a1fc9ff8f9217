import { open } from "node:fs/promises";
import { join } from "node:path";
import { durableFolder, durableWrite, errorCode, removeIfThere } from "#agent/link/durable.ts";

/** Where verified metadata is kept between two looks. Names are plain file names of this program's own making. */
export type Shelf = {
  /** Null: not there, or larger than anything that was ever put there. */
  read(name: string): Promise<Uint8Array | null>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
};

const LARGEST_KEPT_BYTES = 512 * 1024;

/** Durable: what was written is there after a power cut, whole or as it was before (pitfall 1, torn cache). */
export function folderShelf(folder: string): Shelf {
  return {
    read: (name) => readWhole(join(folder, name)),
    async write(name, bytes) {
      await durableFolder(folder);
      await durableWrite(join(folder, name), bytes);
    },
    remove: (name) => removeIfThere(join(folder, name)),
  };
}

async function readWhole(path: string): Promise<Uint8Array | null> {
  try {
    const file = await open(path, "r");
    try {
      return (await file.stat()).size > LARGEST_KEPT_BYTES ? null : await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** For one look only: who checks what somebody hands over keeps nothing of it. */
export function memoryShelf(): Shelf {
  const kept = new Map<string, Uint8Array>();
  return {
    read: async (name) => kept.get(name) ?? null,
    write: async (name, bytes) => void kept.set(name, bytes),
    remove: async (name) => void kept.delete(name),
  };
}
