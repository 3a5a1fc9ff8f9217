import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { repositoryFolderOf, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

/**
 * The only way by which bytes leave a station. What is published has a name of the repository's own layout; keys have none, so no
 * server is ever handed one. Names alone are not believed: no link is followed, and what looks like a key is not sent under any name.
 */
const NAMES = [
  /^release\/[1-9][0-9]{0,9}\.(root|targets|snapshot)\.json$/,
  /^release\/timestamp\.json$/,
  /^director\/[1-9][0-9]{0,9}\.root\.json$/,
  /^release\/targets\/releases\/[a-z0-9][a-z0-9._-]{0,63}\/[0-9a-f]{64}\.release\.json$/,
  /^first-root\/(release|director)\.root\.json$/,
  /^cache\/nix-cache-info$/,
  /^cache\/[0-9abcdfghijklmnpqrsvwxyz]{32}\.narinfo$/,
  /^cache\/nar\/[0-9abcdfghijklmnpqrsvwxyz]{52}\.nar$/,
];

/** Nix cache secrets have no such mark; they lie in keys/, which no name leads to. */
const KEY_MARKS = ["PRIVATE KEY-----", '"fiducial.key/1"'];

export function isPublishable(name: string): boolean {
  return NAMES.some((one) => one.test(name)) && !name.includes("..");
}

export type PublishedFile = {
  size: number;
  /** At most `length` bytes from `from`. */
  read(from: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
};

/** Null: it is not there. Throws StationError for everything that must not leave. */
export async function openPublished(
  station: Pick<Station, "folder">,
  name: string,
): Promise<PublishedFile | null> {
  if (!isPublishable(name))
    throw new StationError("refused", `${name} is not a file that is published. Nothing was sent.`);
  const parts = name.split("/");
  const folder = await openFolders(repositoryFolderOf(station), parts.slice(0, -1));
  if (folder === null) return null;
  try {
    const file = await open(
      `/proc/self/fd/${folder.fd}/${parts.at(-1)}`,
      constants.O_RDONLY | constants.O_NOFOLLOW,
    ).catch((error: unknown) => whenMissing(error, name));
    if (file === null) return null;
    const { size } = await file.stat();
    const read = async (from: number, length: number) => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - from)));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
      return buffer.subarray(0, bytesRead);
    };
    if (!name.startsWith("cache/nar/")) needNoKey(name, await read(0, size));
    return { size, read, close: () => file.close() };
  } finally {
    await folder.close();
  }
}

async function openFolders(base: string, parts: readonly string[]) {
  let folder = await open(base, constants.O_RDONLY | constants.O_DIRECTORY);
  for (const part of parts) {
    const next = await open(
      `/proc/self/fd/${folder.fd}/${part}`,
      constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
    ).catch((error: unknown) => whenMissing(error, part));
    await folder.close();
    if (next === null) return null;
    folder = next;
  }
  return folder;
}

function whenMissing(error: unknown, name: string): null {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "ENOENT") return null;
  if (code === "ELOOP" || code === "ENOTDIR")
    throw new StationError(
      "refused",
      `${name} is a link in repository/: it could lead to a key. Nothing was sent.`,
    );
  throw error;
}

function needNoKey(name: string, content: Buffer): void {
  if (KEY_MARKS.some((mark) => content.includes(mark)))
    throw new StationError(
      "refused",
      `${name} holds a private key. Nothing was sent; move it away and make new keys.`,
    );
}
