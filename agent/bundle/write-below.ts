import { constants } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { BundleError } from "#agent/bundle/bundle-error.ts";
import { errorCode, messageOf, removeIfThere } from "#agent/link/durable.ts";

const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Writes a file into one folder of a stick, as root and yet nowhere else: neither the folder nor the file may be a link that somebody laid
 * there, also not one that is swapped in meanwhile (what is opened is what is written below). Throws BundleError.
 */
export async function writeBelow(
  base: string,
  folder: string,
  { name, content }: { name: string; content: string },
): Promise<void> {
  try {
    const root = await open(base, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await writeIn(`/proc/self/fd/${root.fd}/${folder}`, name, content);
    } finally {
      await root.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === "") throw error;
    const reason = /^(ELOOP|ENOTDIR)$/.test(code) ? "link-on-it" : "not-written";
    throw new BundleError(reason, `${folder}/${name}: ${messageOf(error)}`, { cause: error });
  }
}

async function writeIn(folder: string, name: string, content: string): Promise<void> {
  await mkdir(folder).catch((error: unknown) => {
    if (errorCode(error) !== "EEXIST") throw error;
  });
  const opened = await open(folder, FOLDER_FLAGS);
  try {
    const inside = `/proc/self/fd/${opened.fd}`;
    const draft = `${inside}/${name}.unfinished`;
    // Of an earlier try; a link is removed and not followed.
    await removeIfThere(draft);
    const file = await open(draft, "wx", 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, `${inside}/${name}`);
    await opened.sync();
  } finally {
    await opened.close();
  }
}
