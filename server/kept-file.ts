import { randomUUID } from "node:crypto";
import { link, open, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Reads a secret that must stay the same for ever, or makes it on the first start. The file appears whole or not at all (a
 * half-written key would lock every scanner out), is readable by this user only, and of two servers that start together the
 * second takes what the first one wrote.
 */
export async function readOrMake(path: string, make: () => string): Promise<string> {
  return (await readText(path)) ?? (await makeOnce(path, make()));
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

async function makeOnce(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeDurably(draft, text);
    await link(draft, path);
    await syncFolder(dirname(path));
    return text;
  } catch (error) {
    const theirs = isCode(error, "EEXIST") ? await readText(path) : null;
    if (theirs === null) throw error;
    return theirs;
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(join(path, "."), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
