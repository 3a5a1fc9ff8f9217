import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import type * as z from "zod";
import { durableWrite, errorCode, type Kept, parseKept } from "#agent/link/durable.ts";

/**
 * Room that is taken while there is room, for a state file that has to be written on a full disk: two blocks that are written over in turn,
 * each with the digest of what it holds, so that a power cut in the middle of one leaves the other. Writing over what is allocated takes
 * no block on file systems that write in place (ext4, xfs); on those that do not (btrfs, zfs) it fails as any write does.
 */
const BLOCK = 4096;
const BLOCKS = 2;

/** Of a file system, and of a quota on it. */
export const FULL: readonly string[] = ["ENOSPC", "EDQUOT"];

type Held = { turn: number; content: string };

/** Takes the room where it is not taken yet. Throws the system's own error. */
export async function takeRoom(path: string): Promise<void> {
  try {
    await (await open(path, "r")).close();
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    await durableWrite(path, Buffer.alloc(BLOCK * BLOCKS));
  }
}

/** Durable when it returns. Throws ENOENT where no room was taken, RangeError for content that does not fit. */
export async function writeOver(path: string, content: string): Promise<void> {
  const newest = newestOf(await readFile(path));
  const turn = (newest?.turn ?? 0) + 1;
  const text = Buffer.from(`${digestOf(turn, content)} ${turn} ${content}`);
  if (text.length > BLOCK) throw new RangeError(`${path}: ${text.length} bytes do not fit a block`);
  const file = await open(path, "r+");
  try {
    await file.write(
      Buffer.concat([text, Buffer.alloc(BLOCK - text.length)]),
      0,
      BLOCK,
      turn % BLOCKS === 0 ? 0 : BLOCK,
    );
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What was written last and whole; `missing` where nothing was ever written over. */
export async function readOver<S extends z.ZodType>(path: string, schema: S): Promise<Kept<z.infer<S>>> {
  try {
    const newest = newestOf(await readFile(path));
    return newest === null ? { state: "missing" } : parseKept(newest.content, schema);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { state: "missing" };
    if (errorCode(error) === "") throw error;
    return { state: "denied", detail: String(error) };
  }
}

function newestOf(bytes: Buffer): Held | null {
  const held = Array.from({ length: BLOCKS }, (_, at) => heldIn(bytes, at)).filter((one) => one !== null);
  return held.sort((a, b) => b.turn - a.turn)[0] ?? null;
}

function heldIn(bytes: Buffer, at: number): Held | null {
  const text = bytes.subarray(at * BLOCK, (at + 1) * BLOCK).toString("utf8");
  const [, digest, turn, content] = /^([0-9a-f]{64}) (\d+) ([^\0]*)\0*$/.exec(text) ?? [];
  if (content === undefined || digest !== digestOf(Number(turn), content)) return null;
  return { turn: Number(turn), content };
}

function digestOf(turn: number, content: string): string {
  return createHash("sha256").update(`${turn} ${content}`).digest("hex");
}
