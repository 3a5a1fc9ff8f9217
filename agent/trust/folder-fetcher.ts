import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { errorCode, messageOf } from "#agent/link/durable.ts";
import type { Fetched, Fetcher } from "#agent/trust/fetched.ts";

/** Parts of a name that this product ever writes; leaves out dot segments, hidden files and everything a shell would mind. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,254}(\/[A-Za-z0-9][A-Za-z0-9._+-]{0,254}){0,8}$/;
export function isPlainName(name: string): boolean {
  return NAME.test(name);
}

const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** O_NONBLOCK: opening a pipe that somebody laid there must not wait for a writer. */
const FILE_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Reads files below a folder that somebody else fills: a stick, the spool. No link is followed, neither for the file nor for a folder
 * on the way, and not even when one is swapped in meanwhile, because each step starts from the open folder before it; anything
 * but a plain file is refused, and the size is bounded before a byte is read (hostile stick, update-systems.md §4.5).
 */
export function folderFetcher(base: string): Fetcher {
  return async (name, maxBytes) => {
    if (!isPlainName(name)) return failed(`${JSON.stringify(name.slice(0, 100))} is not a name`);
    try {
      return await readBelow(base, name.split("/"), maxBytes);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return { ok: false, problem: "absent", detail: `no ${name}` };
      if (errorCode(error) === "") throw error;
      return failed(messageOf(error));
    }
  };
}

function failed(detail: string): Fetched {
  return { ok: false, problem: "unreached", detail };
}

async function readBelow(base: string, parts: readonly string[], maxBytes: number): Promise<Fetched> {
  const file = await openBelow(base, parts);
  try {
    return await readBounded(file, maxBytes);
  } finally {
    await file.close();
  }
}

/** The file behind a plain name, opened step by step. Throws the system's error, also where a step is a link. */
export async function openBelow(base: string, parts: readonly string[]): Promise<FileHandle> {
  let folder = await open(base, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (const part of parts.slice(0, -1)) {
      const next = await open(inside(folder, part), FOLDER_FLAGS);
      await folder.close();
      folder = next;
    }
    return await open(inside(folder, parts.at(-1) ?? ""), FILE_FLAGS);
  } finally {
    await folder.close();
  }
}

/** What openat(2) would be given: Node has no such call, the kernel's own link to an open folder is the same (proc_pid_fd(5)). */
function inside(folder: FileHandle, part: string): string {
  return `/proc/self/fd/${folder.fd}/${part}`;
}

async function readBounded(file: FileHandle, maxBytes: number): Promise<Fetched> {
  const info = await file.stat();
  if (!info.isFile()) return failed("is not a plain file");
  if (info.size > maxBytes) return tooLarge(info.size, maxBytes);
  // One byte more than it said: a file that grows meanwhile is caught, too.
  const buffer = Buffer.alloc(info.size + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return { ok: true, bytes: buffer.subarray(0, length) };
    length += bytesRead;
  }
  return failed("changes while it is read");
}

function tooLarge(size: number, maxBytes: number): Fetched {
  return { ok: false, problem: "too-large", detail: `${size} bytes, at most ${maxBytes}` };
}
