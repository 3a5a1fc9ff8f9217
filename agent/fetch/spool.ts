import { mkdir, open, readdir, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { durableWrite, errorCode, removeIfThere, syncFolder, UNFINISHED } from "#agent/link/durable.ts";
import { syncFileSystems } from "#agent/sync-file-systems.ts";
import { isPlainName } from "#agent/trust/folder-fetcher.ts";
import type { NamedFile } from "#agent/trust/refresh-repository.ts";
import { sha256 } from "#agent/trust/seal.ts";
import { CACHE_FOLDER } from "#core/trust/layout.ts";

/**
 * The folder in which fetched files wait for the activator, laid out as a server's address space. Whatever lies here is believed by
 * nobody: the activator verifies all of it again.
 */
export type Spool = {
  /** Metadata of one repository, in an order in which a reader never meets a file that names one that is not there yet. */
  mirror(folder: string, files: readonly NamedFile[]): Promise<void>;
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** A file that grows, kept between two runs of the program. Parts of different origin do not mix: `origin` tells them apart. */
  part(name: string, origin: string): Promise<Part>;
  /** Gives whole files of the cache their names, durably, and none of them before all are on the disk. */
  place(files: readonly WholeNar[]): Promise<void>;
  path(name: string): string;
  freeBytes(): Promise<number>;
  /** Nothing is asked for any more: what was fetched is given back to the disk. */
  clearCache(): Promise<void>;
  /** The files of releases, which their metadata names by hash; metadata stays. */
  clearReleases(): Promise<void>;
};

type Part = {
  readonly size: number;
  /** Where it lies until it is placed. */
  readonly path: string;
  /** Throws away what is behind `from`. */
  cut(from: number): Promise<void>;
  append(piece: Uint8Array): Promise<void>;
  /** Closes it as it is, to be placed or to go on later. Nothing of it is durable yet. */
  leave(): Promise<void>;
};

/** A NAR that is complete in its part, the name it is to have, and the description that leads to it. `part` null: placed with a twin. */
export type WholeNar = {
  part: string | null;
  name: string;
  narinfo: { name: string; text: string };
  bytes: number;
};

/** The activator's group may read, nobody else. */
const FILE_MODE = 0o640;
/** Pieces of a network are small; each write costs about the same. */
const WRITE_BYTES = 1024 * 1024;
/** Written from and used again: pieces that wait here themselves outlive the collector's quick rounds, and then it marks everything. */
const freeBlocks: Buffer[] = [];
const OLD_METADATA = /^\d{1,10}\.(snapshot|targets)\.json$/;

export function openSpool(folder: string): Spool {
  const path = (name: string) => {
    if (!isPlainName(name)) throw new TypeError(`${JSON.stringify(name)} is not a name in the spool`);
    return join(folder, name);
  };
  const put = async (name: string, bytes: Uint8Array) => {
    await mkdir(dirname(path(name)), { recursive: true, mode: 0o750 });
    await durableWrite(path(name), bytes, { mode: FILE_MODE });
  };
  return {
    path,
    put,
    async mirror(below, files) {
      for (const { name, bytes } of files) await put(`${below}/${name}`, bytes);
      const current = new Set(files.map(({ name }) => name));
      for (const name of await readdir(path(below)))
        if (OLD_METADATA.test(name) && !current.has(name)) await removeIfThere(join(path(below), name));
    },
    part: (name, origin) => openPart(`${path(name)}.${sha256(origin).slice(0, 12)}.part`),
    place: (files) => place(path, files),
    async freeBytes() {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    clearReleases: () => rm(path("release/targets"), { recursive: true, force: true }),
    clearCache: () => rm(path(CACHE_FOLDER), { recursive: true, force: true }),
  };
}

async function openPart(path: string): Promise<Part> {
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  const file = await open(path, (await isThere(path)) ? "r+" : "wx+", FILE_MODE);
  let { size: written } = await file.stat();
  const block = freeBlocks.pop() ?? Buffer.allocUnsafeSlow(WRITE_BYTES);
  let waiting = 0;
  const write = async () => {
    const to = waiting;
    waiting = 0;
    for (let from = 0; from < to; ) {
      const { bytesWritten } = await file.write(block, from, to - from, written);
      from += bytesWritten;
      written += bytesWritten;
    }
  };
  return {
    path,
    get size() {
      return written + waiting;
    },
    async cut(from) {
      await write();
      if (from < written) await file.truncate(from);
      written = Math.min(written, from);
    },
    async append(piece) {
      for (let from = 0; from < piece.length; ) {
        const part = piece.subarray(from, from + block.length - waiting);
        block.set(part, waiting);
        waiting += part.length;
        from += part.length;
        if (waiting === block.length) await write();
      }
    },
    async leave() {
      try {
        await write();
      } finally {
        freeBlocks.push(block);
        await file.close();
      }
    },
  };
}

/**
 * One sync for many files: two of each file's own would take longer than the download. Descriptions get their names last, so that whoever
 * finds one finds the NAR, too, also after a power cut.
 */
async function place(path: (name: string) => string, files: readonly WholeNar[]): Promise<void> {
  if (files.length === 0) return;
  const cache = path(CACHE_FOLDER);
  const small = [
    { name: "nix-cache-info", text: "StoreDir: /nix/store\n" },
    ...files.map(({ narinfo }) => narinfo),
  ].map(({ name, text }) => ({ text, to: join(cache, name), draft: join(cache, `.${name}${UNFINISHED}`) }));
  for (const { draft, text } of small) await writeFile(draft, text, { mode: FILE_MODE });
  await syncFileSystems([cache]);
  for (const { part, name } of files) if (part !== null) await rename(part, path(name));
  for (const folder of new Set(files.map(({ name }) => dirname(path(name))))) await syncFolder(folder);
  for (const { draft, to } of small) await rename(draft, to);
  await syncFolder(cache);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}
