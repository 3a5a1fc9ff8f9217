import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { folderShelf } from "#agent/trust/shelf.ts";
import { narinfoText, parseNarinfo } from "#core/closure/narinfo.ts";
import type { Release } from "#core/release/release.ts";
import type { CachePath } from "./cache-index.ts";
import { sha256Of, sizeOf } from "./files.ts";
import type { RepositoryFolders } from "./folders.ts";
import { PublishRefused } from "./refused.ts";

/** A piece of a file: bytes from `from`, of a file of `size` bytes in all. */
export type Piece = { from: number; size: number; bytes: Uint8Array };

/**
 * Takes a piece of a NAR whose path a verified release lists. What is there is never more than the signed size, and nothing is served
 * before all of it has the signed hash (E-12).
 * @returns bytes that are there now
 */
export async function takeNarPiece(
  folders: RepositoryFolders,
  file: string,
  entry: CachePath,
  piece: Piece,
): Promise<number> {
  if (piece.size !== entry.narSize || piece.from + piece.bytes.length > entry.narSize)
    throw new PublishRefused("too-large", `${file} has ${entry.narSize} bytes by what was signed.`);
  const part = join(folders.incoming, `${file}.part`);
  const held = (await sizeOf(part)) ?? 0;
  if (piece.from !== held) throw new PublishRefused("wrong-range", `${held} bytes of ${file} are there.`);
  const handle = await open(part, "a", 0o600);
  try {
    await handle.writeFile(piece.bytes);
    if (held + piece.bytes.length < entry.narSize) return held + piece.bytes.length;
    await handle.sync();
  } finally {
    await handle.close();
  }
  if ((await sha256Of(part)) !== entry.narHash) {
    await rm(part, { force: true });
    throw PublishRefused.of({
      refused: "content-mismatch",
      where: file,
      detail: `not the content of ${entry.path} that was signed`,
    });
  }
  await rename(part, join(folders.cache, "nar", file));
  return entry.narSize;
}

/** Bytes of a NAR that are there; all of them where it is whole. */
export async function narBytes(
  folders: RepositoryFolders,
  file: string,
): Promise<{ bytes: number; whole: boolean }> {
  const whole = await sizeOf(join(folders.cache, "nar", file));
  if (whole !== null) return { bytes: whole, whole: true };
  return { bytes: (await sizeOf(join(folders.incoming, `${file}.part`))) ?? 0, whole: false };
}

/**
 * Takes the description of a path. All of it but the Nix signatures is what the release says, so it is written anew from that; the
 * signatures are Nix's own matter, and the scanner's.
 */
export async function takeNarinfo(
  folders: RepositoryFolders,
  hash: string,
  release: Release,
  bytes: Uint8Array,
): Promise<void> {
  const said = parseNarinfo(Buffer.from(bytes).toString("utf8"));
  const signed = said === null ? undefined : release.paths.find(({ path }) => path === said.path);
  if (said === null || signed === undefined)
    throw new PublishRefused("not-listed", `${hash}.narinfo describes no path of ${release.name}.`);
  const references = signed.references.map((position) => release.paths[position]?.path ?? "");
  const same =
    said.narHash === signed.narHash &&
    said.narSize === signed.narSize &&
    [...said.references].sort().join() === [...references].sort().join();
  if (!same)
    throw PublishRefused.of({
      refused: "content-mismatch",
      where: `${hash}.narinfo`,
      detail: `not what was signed of ${signed.path}`,
    });
  const text = narinfoText(said);
  await folderShelf(folders.cache).write(`${hash}.narinfo`, Buffer.from(text, "utf8"));
}
