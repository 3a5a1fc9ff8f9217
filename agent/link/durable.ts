import { chown, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type * as z from "zod";

/**
 * The one way the agent writes state: a new file, fsync, rename over the old name, fsync of the folder. After a power cut
 * there is the old content or the new one, never a mixture (reliability.md, finding 1: a rename alone can leave an empty file).
 */
export type DurableOptions = {
  /** Permission bits; the default keeps keys and queues to their owner. */
  mode?: number;
};

/** Marks unfinished writes, so that a start can sweep away what a crash left behind. */
export const UNFINISHED = ".unfinished";

let written = 0;

/** Throws the system's own error (ENOSPC, EACCES, EROFS) when the bytes could not be made durable. */
export async function durableWrite(
  path: string,
  content: string | Uint8Array,
  options: DurableOptions = {},
): Promise<void> {
  const folder = dirname(path);
  written += 1;
  const unfinished = join(folder, `.${basename(path)}.${process.pid}.${written}${UNFINISHED}`);
  try {
    await writeSynced(unfinished, content, options.mode);
    await rename(unfinished, path);
  } catch (error) {
    await removeIfThere(unfinished);
    throw error;
  }
  await syncFolder(folder);
}

async function writeSynced(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const file = await open(path, "wx", mode ?? 0o600);
  try {
    // What others are to read they may read, also where the unit's own mask keeps everything else to root.
    if (mode !== undefined) await file.chmod(mode);
    await file.writeFile(content);
    await belongToFolder(file, path);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What root writes for a service (enrolment by hand) must be readable by that service: a file belongs to whom its folder belongs. */
async function belongToFolder(
  file: { chown(uid: number, gid: number): Promise<void> },
  path: string,
): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  if (uid !== 0) await file.chown(uid, gid);
}

/** Makes names in a folder durable: a rename or an unlink is only on disk after this. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder that only its owner can enter, with its parents, and makes its name durable. */
export async function durableFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made === undefined) return;
  await belongToFolder({ chown: (uid, gid) => chown(path, uid, gid) }, path);
  await syncFolder(dirname(made));
}

/** Removes a file; that it is already gone is what was wanted. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

/** A kept file is there and whole, was never there, or is damaged: three answers, so that damage never reads as a first start. */
export type Kept<T> =
  | { state: "kept"; value: T }
  | { state: "missing" }
  | { state: "torn"; detail: string }
  | { state: "denied"; detail: string };

const MAX_STATE_BYTES = 1024 * 1024;

/** Reads a JSON state file. Zero length, half a file and foreign content are all `torn`, with what is wrong. */
export async function readKept<S extends z.ZodType>(path: string, schema: S): Promise<Kept<z.infer<S>>> {
  let text: string;
  try {
    if ((await stat(path)).size > MAX_STATE_BYTES) return { state: "torn", detail: "larger than 1 MB" };
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return { state: "missing" };
    if (code === "EACCES" || code === "EPERM") return { state: "denied", detail: messageOf(error) };
    return { state: "torn", detail: messageOf(error) };
  }
  if (text.length === 0) return { state: "torn", detail: "is empty" };
  return parseKept(text, schema);
}

export function parseKept<S extends z.ZodType>(text: string, schema: S): Kept<z.infer<S>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { state: "torn", detail: `is not JSON (${messageOf(error)})` };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { state: "kept", value: parsed.data };
  const issue = parsed.error.issues[0];
  return {
    state: "torn",
    detail: `${issue?.path.map(String).join(".") || "content"}: ${issue?.code ?? "wrong"}`,
  };
}

/** The system's code of an error (`ENOENT`), or an empty text. */
export function errorCode(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
