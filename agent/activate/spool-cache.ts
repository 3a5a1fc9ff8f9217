import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { constants, createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import type { Folders } from "#agent/activate/folders.ts";
import type { SignedPath } from "#agent/activate/signed-list.ts";
import type { Proved } from "#agent/change/port.ts";
import { errorCode, messageOf } from "#agent/link/durable.ts";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import {
  NARINFO_LIMIT_BYTES,
  type Narinfo,
  narFileName,
  narinfoName,
  narinfoText,
  parseNarinfo,
} from "#core/closure/narinfo.ts";
import { storePathSchema } from "#core/closure/store-path.ts";
import { CACHE_FOLDER } from "#core/trust/layout.ts";

const PLAIN_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const NAR_URL = /^nar\/[A-Za-z0-9][A-Za-z0-9._+-]{0,200}$/;

/** Two that may be in use at once do not share a folder: `early` is of the program that answers, `cache` of the change's unit. */
export type CacheName = "cache" | "early";

/**
 * Lays out a binary cache of root's own for the copy: descriptions written from what was signed (of the spool they take only signatures, content addresses
 * and where the file is), and NARs that are exactly as long as signed. Nix would unpack a bomb of any size before it compares (E-12).
 * Nix walks the closure in the cache it copies from, so paths that this store holds already are described there, too, without a file.
 */
export async function layOutCache(
  folders: Folders,
  paths: readonly SignedPath[],
  missing: ReadonlySet<string>,
  { name = "cache", signal }: { name?: CacheName; signal?: AbortSignal | undefined } = {},
): Promise<Placed & { cache: string; path?: string }> {
  const cache = join(folders.state, name);
  await clearCache(folders, name);
  await mkdir(join(cache, "nar"), { recursive: true, mode: 0o700 });
  await writeFile(join(cache, "nix-cache-info"), `StoreDir: ${folders.store}\n`);
  for (const one of paths) {
    const placed = missing.has(one.path)
      ? await place(folders, cache, one, signal)
      : await describe(cache, one, { signatures: [] });
    if (!placed.ok) return { ...placed, cache, path: one.path };
  }
  return { ok: true, cache };
}

export async function clearCache(folders: Folders, name: CacheName = "cache"): Promise<void> {
  await rm(join(folders.state, name), { recursive: true, force: true });
}

/**
 * The first laid out archive whose bytes are not the signed ones; null: all are. Asked after a copy that failed in words that say nothing,
 * because a changed byte can look like any defect to whoever unpacks it.
 */
export async function findCorrupt(cache: string, paths: readonly SignedPath[]): Promise<string | null> {
  for (const one of paths) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(cache, narFileName(one.narHash))), hash);
    if (hash.digest("hex") !== one.narHash) return one.path;
  }
  return null;
}

/**
 * Which description and which file lie in the spool for a path: another mark after each download. Null: not both are there. Whether they
 * are right is found when they are laid out.
 */
export async function spoolMark(folders: Spooled, path: string): Promise<string | null> {
  const narinfo = await readNarinfo(folders, path);
  if (narinfo === null || !NAR_URL.test(narinfo.url)) return null;
  try {
    const file = await open(join(folders.spool, CACHE_FOLDER, narinfo.url), PLAIN_FILE);
    const { ino, ctimeMs } = await file.stat();
    await file.close();
    const described = createHash("sha256").update(JSON.stringify(narinfo)).digest("hex");
    return `${described} ${ino} ${ctimeMs}`;
  } catch (error) {
    if (errorCode(error) === "") throw error;
    return null;
  }
}

type Spooled = Pick<Folders, "spool">;

async function readNarinfo(folders: Spooled, path: string): Promise<Narinfo | null> {
  const read = await folderFetcher(join(folders.spool, CACHE_FOLDER))(narinfoName(path), NARINFO_LIMIT_BYTES);
  return read.ok ? parseNarinfo(Buffer.from(read.bytes).toString("utf8")) : null;
}

/** `corrupt`: it will not be right by trying again. */
type Placed = Proved & { corrupt?: true };

function refuse(detail: string): Placed {
  return { ok: false, refused: "content-mismatch", detail, corrupt: true };
}

async function place(
  folders: Folders,
  cache: string,
  one: SignedPath,
  signal: AbortSignal | undefined,
): Promise<Placed> {
  if (signal?.aborted === true) return { ok: false, detail: "told to stop" };
  const narinfo = await readNarinfo(folders, one.path);
  if (narinfo === null) return { ok: false, detail: `${one.path} is not in the spool` };
  if (narinfo.path !== one.path || narinfo.narHash !== one.narHash || narinfo.narSize !== one.narSize)
    return refuse(`${one.path} is described with other content than the signed`);
  if (!NAR_URL.test(narinfo.url)) return refuse(`${one.path} names its file in a way that is not followed`);
  const source = join(folders.spool, CACHE_FOLDER, narinfo.url);
  const target = join(cache, narFileName(one.narHash));
  const placed =
    narinfo.compression === "none"
      ? await placePlain(source, target, one)
      : await unpack(source, target, { ...one, compression: narinfo.compression }, signal);
  if (!placed.ok) return placed;
  return describe(cache, one, narinfo);
}

/** A path that is content-addressed needs no signature of a cache: that people listed it is enough, and that is proved after the copy. */
async function describe(
  cache: string,
  one: SignedPath,
  { signatures, ca = null }: { signatures: readonly string[]; ca?: string | null },
): Promise<Proved> {
  const text = narinfoText({
    path: storePathSchema.parse(one.path),
    narHash: one.narHash,
    narSize: one.narSize,
    references: one.references.map((reference) => storePathSchema.parse(reference)),
    signatures,
    ca,
  });
  await writeFile(join(cache, narinfoName(one.path)), text, { mode: 0o600 });
  return { ok: true };
}

/** Read in place: a gigabyte is not written twice. What is swapped in after this look has another hash than the description. */
async function placePlain(source: string, target: string, one: SignedPath): Promise<Placed> {
  try {
    const file = await open(source, PLAIN_FILE);
    const info = await file.stat();
    await file.close();
    if (!info.isFile() || info.size !== one.narSize)
      return refuse(`${one.path}: ${info.size} bytes in the spool, signed are ${one.narSize}`);
    await symlink(source, target);
    return { ok: true };
  } catch (error) {
    if (errorCode(error) === "") throw error;
    return { ok: false, detail: messageOf(error) };
  }
}

const UNPACKERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  xz: ["xz", "--decompress", "--stdout"],
  zstd: ["zstd", "--decompress", "--stdout"],
  gzip: ["gzip", "--decompress", "--stdout"],
  bzip2: ["bzip2", "--decompress", "--stdout"],
};

async function unpack(
  source: string,
  target: string,
  one: SignedPath & { compression: string },
  signal: AbortSignal | undefined,
): Promise<Placed> {
  const file = await open(source, PLAIN_FILE);
  try {
    if (!(await file.stat()).isFile()) return refuse(`${one.path} is no plain file in the spool`);
    const packed = file.createReadStream({ autoClose: false });
    const plain = unpacked(packed, one.compression);
    if (plain === null) return refuse(`${one.path} is packed with ${one.compression}`);
    const bound = new Bound(one.narSize);
    await pipeline(plain, bound, createWriteStream(target, { mode: 0o600 }), { signal });
    return bound.total === one.narSize ? { ok: true } : refuse(`${one.path} unpacks to ${bound.total} bytes`);
  } catch (error) {
    if (error instanceof TooLong)
      return refuse(`${one.path} unpacks to more than the signed ${one.narSize} bytes`);
    const detail = `${one.path}: ${messageOf(error)}`;
    return isBroken(error) ? { ok: false, detail, corrupt: true } : { ok: false, detail };
  } finally {
    await file.close();
  }
}

/** Of zlib: what is there cannot be unpacked, now or later. */
function isBroken(error: unknown): boolean {
  return /^(ERR_|Z_)/.test(errorCode(error));
}

function unpacked(packed: Readable, compression: string): Readable | null {
  if (compression === "br") return packed.pipe(createBrotliDecompress());
  const command = UNPACKERS[compression];
  if (command === undefined) return null;
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
  child.once("error", (error) => child.stdout.destroy(error));
  // The reader that has enough ends the program, which then minds its broken pipe.
  child.stdin.on("error", () => packed.unpipe(child.stdin));
  child.stdout.once("close", () => child.kill());
  packed.pipe(child.stdin);
  return child.stdout;
}

class TooLong extends Error {}

/** Lets through as many bytes as were signed and not one more. */
class Bound extends Transform {
  total = 0;
  readonly #most: number;
  constructor(most: number) {
    super();
    this.#most = most;
  }
  override _transform(piece: Buffer, _: string, done: (error: Error | null, piece?: Buffer) => void): void {
    this.total += piece.length;
    if (this.total > this.#most) done(new TooLong("too long"));
    else done(null, piece);
  }
}
