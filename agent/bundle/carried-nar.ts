import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { SignedPath } from "#agent/activate/signed-list.ts";
import { type Bundle, troubleOf, unfetched } from "#agent/bundle/bundle.ts";
import { BundleError } from "#agent/bundle/bundle-error.ts";
import { NARINFO_LIMIT_BYTES, narFileName, narinfoName, parseNarinfo } from "#core/closure/narinfo.ts";
import { CACHE_FOLDER } from "#core/trust/layout.ts";

const PIECE_BYTES = 1024 * 1024;

/**
 * The description of a path on a bundle, if its archive lies beside it at the signed length. An archive is called by the hash that people
 * signed and is never packed, so nothing that the bundle says leads to another file, and nothing of it is unpacked (xz bomb).
 */
export async function describedNar(bundle: Bundle, one: SignedPath): Promise<Uint8Array> {
  const name = `${CACHE_FOLDER}/${narinfoName(one.path)}`;
  const read = await bundle.read(name, NARINFO_LIMIT_BYTES);
  if (!read.ok) throw unfetched(name, read);
  const info = parseNarinfo(Buffer.from(read.bytes).toString("utf8"));
  if (info === null) throw new BundleError("content-mismatch", `${name} is no description of a path`);
  if (info.path !== one.path || info.narHash !== one.narHash || info.narSize !== one.narSize)
    throw new BundleError("content-mismatch", `${one.path} is described with other content than the signed`);
  if (info.compression !== "none" || info.url !== narFileName(one.narHash))
    throw new BundleError("content-mismatch", `${one.path} is packed, or lies elsewhere than in a bundle`);
  const file = await bundle.open(narOf(one));
  try {
    await needLength(file, one);
  } finally {
    await file.close();
  }
  return read.bytes;
}

const narOf = ({ narHash }: SignedPath) => `${CACHE_FOLDER}/${narFileName(narHash)}`;
type Opened = Awaited<ReturnType<Bundle["open"]>>;

async function needLength(file: Opened, one: SignedPath): Promise<void> {
  const info = await file.stat().catch((error: unknown) => {
    throw troubleOf(narOf(one), error);
  });
  if (!info.isFile()) throw new BundleError("link-on-it", `${narOf(one)} is not a plain file`);
  if (info.size === one.narSize) return;
  const reason = info.size < one.narSize ? "incomplete" : "content-mismatch";
  throw new BundleError(reason, `${one.path}: ${info.size} bytes on it, signed are ${one.narSize}`);
}

/**
 * Reads an archive once, from its signed first byte to its signed last, and throws BundleError unless they have the signed hash: what is
 * swapped in meanwhile was either read or not. `target`: where the same bytes are written; null: they are only compared.
 */
export async function readNar(bundle: Bundle, one: SignedPath, target: string | null): Promise<void> {
  const file = await bundle.open(narOf(one));
  const copy = target === null ? null : await open(target, "w", 0o600);
  try {
    await needLength(file, one);
    const hash = createHash("sha256");
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, Math.max(1, one.narSize)));
    for (let at = 0; at < one.narSize; ) {
      const { bytesRead } = await readPiece(file, one, piece.subarray(0, one.narSize - at), at);
      hash.update(piece.subarray(0, bytesRead));
      await copy?.writeFile(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
    if (hash.digest("hex") !== one.narHash)
      throw new BundleError(
        "content-mismatch",
        `${one.path} has other content on the bundle than was signed`,
      );
    await copy?.sync();
  } finally {
    await file.close();
    await copy?.close();
  }
}

async function readPiece(file: Opened, one: SignedPath, piece: Buffer, at: number) {
  try {
    const read = await file.read(piece, 0, piece.length, at);
    if (read.bytesRead > 0) return read;
  } catch (error) {
    throw troubleOf(narOf(one), error);
  }
  throw new BundleError("pulled-out", `${narOf(one)} ended while it was read`);
}
