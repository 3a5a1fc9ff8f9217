import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createBrotliDecompress } from "node:zlib";
import { getWhole, type HttpSource } from "#agent/fetch/http-source.ts";
import type { Spool, WholeNar } from "#agent/fetch/spool.ts";
import type { Throttle } from "#agent/fetch/throttle.ts";
import { errorCode, removeIfThere } from "#agent/link/durable.ts";
import type { MissingPath } from "#core/change/verbs.ts";
import {
  NARINFO_LIMIT_BYTES,
  type Narinfo,
  narFileName,
  narinfoName,
  narinfoText,
  parseNarinfo,
} from "#core/closure/narinfo.ts";
import { CACHE_FOLDER } from "#core/trust/layout.ts";

/** A source of NARs: the folder of a binary cache, by its name for people. */
export type CacheSource = { name: string; source: HttpSource };

export type PathProblem = { path: string; detail: string };

/** How a cache may have packed a NAR, and what Nix calls the file then. What is not listed is not fetched. */
const ENDINGS: ReadonlyMap<string, string> = new Map([
  ["none", ""],
  ["br", ".br"],
  ["xz", ".xz"],
  ["zstd", ".zst"],
  ["gzip", ".gz"],
  ["bzip2", ".bz2"],
]);
/** Packed data may be larger than what it packs, but only by a little. */
const MARGIN_BYTES = 64 * 1024;
const NAR_URL = /^nar\/[A-Za-z0-9][A-Za-z0-9._+-]{0,200}$/;

export type PathRun = {
  caches: readonly CacheSource[];
  spool: Spool;
  signal: AbortSignal;
  throttle: Throttle;
  /** Bytes that came in, for people to see. */
  progress: (bytes: number) => void;
};

/**
 * Brings one path of a signed release to the scanner from the first cache that has it; what comes back is still to be placed in the spool.
 * A cache is believed in nothing: what it says of the path must be what is signed, it may send as many bytes as are signed, and what can
 * be unpacked here is compared at once. `twin`: what came before with the very same content.
 */
export async function fetchPath(
  missing: MissingPath,
  run: PathRun,
  twin: WholeNar | null = null,
): Promise<WholeNar | PathProblem> {
  const details: string[] = [];
  for (const cache of run.caches) {
    const got = await fromCache(missing, cache, run, twin);
    if (typeof got !== "string") return got;
    details.push(`${cache.name}: ${got}`);
    if (run.signal.aborted) break;
  }
  return { path: missing.path, detail: details.join("; ") };
}

/** A text: why this cache cannot give it. */
async function fromCache(
  missing: MissingPath,
  cache: CacheSource,
  run: PathRun,
  twin: WholeNar | null,
): Promise<WholeNar | string> {
  const { source } = cache;
  const name = narinfoName(missing.path);
  const got = await getWhole(source, name, NARINFO_LIMIT_BYTES, run.signal);
  if (!got.ok) return `${name}: ${got.problem}, ${got.detail}`;
  const narinfo = parseNarinfo(got.bytes.toString("utf8"));
  if (narinfo === null) return `${name} is no narinfo`;
  const wrong = differsFromSigned(narinfo, missing);
  if (wrong !== null) return wrong;
  const file = `${CACHE_FOLDER}/${spoolName(narinfo)}`;
  const described = { name: file, narinfo: { name, text: spoolNarinfo(narinfo) } };
  if (twin?.name === file) {
    run.progress(narinfo.narSize);
    return { ...described, part: null, bytes: 0 };
  }
  const nar = await fetchNar(narinfo, cache, run);
  return nar.detail ?? { ...described, part: nar.part, bytes: narinfo.narSize };
}

function differsFromSigned(narinfo: Narinfo, missing: MissingPath): string | null {
  if (narinfo.path !== missing.path) return `answers with ${narinfo.path}`;
  if (narinfo.narHash !== missing.narHash) return "has other content than the signed one";
  if (narinfo.narSize !== missing.narSize) return `${narinfo.narSize} bytes, signed are ${missing.narSize}`;
  if (!ENDINGS.has(narinfo.compression)) return `packed with ${narinfo.compression.slice(0, 20)}`;
  return NAR_URL.test(narinfo.url) ? null : "names its file in a way that is not followed";
}

/** The name in the spool is of our own making: what a cache calls its files never becomes a path here. */
function spoolName({ narHash, compression }: Narinfo): string {
  return `${narFileName(narHash)}${ENDINGS.get(compression) ?? ""}`;
}

function spoolNarinfo(narinfo: Narinfo): string {
  const plain = narinfoText(narinfo);
  if (narinfo.compression === "none") return plain;
  return plain
    .replace(/^URL: .*$/m, `URL: ${spoolName(narinfo)}`)
    .replace(/^Compression: .*$/m, `Compression: ${narinfo.compression}`)
    .replace(/^File(Hash|Size): .*\n/gm, "");
}

type TriedNar = { detail: string | null; resumed: boolean; part: string };

/** A part of an earlier run is gone on with; where it turns out not to be a part of this file, once more from the beginning. */
async function fetchNar(narinfo: Narinfo, cache: CacheSource, run: PathRun): Promise<TriedNar> {
  const first = await tryNar(narinfo, cache, run);
  if (first.detail === null || !first.resumed || run.signal.aborted) return first;
  return tryNar(narinfo, cache, run);
}

async function tryNar(narinfo: Narinfo, cache: CacheSource, run: PathRun): Promise<TriedNar> {
  const isPlain = narinfo.compression === "none";
  const maxBytes = narinfo.narSize + (isPlain ? 0 : MARGIN_BYTES);
  // The same content is the same file wherever it comes from; two caches that pack it pack it differently.
  const origin = isPlain ? "" : `${cache.name} ${narinfo.url}`;
  const part = await run.spool.part(`${CACHE_FOLDER}/${spoolName(narinfo)}`, origin);
  const resumed = part.size > 0;
  const end = (detail: string | null) => ({ detail, resumed, part: part.path });
  if (part.size > maxBytes) await part.cut(0);
  const before = part.size;
  run.progress(before);
  /** Of the bytes as they come, so that they need not be read again; null: what was there before has to be. */
  const own: { hash: Hash | null } = { hash: null };
  const isComplete = isPlain && before === maxBytes;
  const got = isComplete
    ? ({ ok: true } as const)
    : await cache.source.get(narinfo.url, {
        maxBytes,
        fromByte: before,
        deadlineMs: null,
        signal: run.signal,
        async begin(from) {
          run.progress(from - part.size);
          await part.cut(from);
          own.hash = isPlain && from === 0 ? createHash("sha256") : null;
        },
        async take(piece) {
          own.hash?.update(piece);
          await part.append(piece);
          run.progress(piece.length);
          await run.throttle(piece.length);
        },
      });
  if (!got.ok) {
    if (got.problem === "too-large") await part.cut(0);
    await part.leave();
    return end(`${narinfo.url}: ${got.problem}, ${got.detail}`);
  }
  const { size } = part;
  await part.leave();
  const wrong =
    own.hash === null
      ? await contentProblem(part.path, narinfo)
      : compare(size, own.hash.digest("hex"), narinfo);
  if (wrong !== null) await removeIfThere(part.path);
  return end(wrong);
}

/** What Node can unpack is compared with the signed hash now; xz and zstd are left to Nix, which refuses what does not fit. */
async function contentProblem(path: string, narinfo: Narinfo): Promise<string | null> {
  const { compression, narSize } = narinfo;
  if (compression !== "none" && compression !== "br") return null;
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const piece of unpacked(path, compression)) {
      size += piece.length;
      // A bomb is noticed when it passes its signed size, not when the disk is full of it.
      if (size > narSize) return `unpacks to more than the ${narSize} bytes that are signed`;
      hash.update(piece);
    }
  } catch (error) {
    if (!errorCode(error).startsWith("ERR_") && errorCode(error) !== "Z_BUF_ERROR") throw error;
    return `cannot be unpacked: ${errorCode(error)}`;
  }
  return compare(size, hash.digest("hex"), narinfo);
}

function compare(size: number, narHash: string, signed: Narinfo): string | null {
  if (size !== signed.narSize) return `unpacks to ${size} bytes, signed are ${signed.narSize}`;
  return narHash === signed.narHash ? null : "its content is not the signed one";
}

function unpacked(path: string, compression: "none" | "br"): AsyncIterable<Buffer> {
  const file = createReadStream(path);
  if (compression === "none") return file;
  const unpacking = createBrotliDecompress();
  file.once("error", (error) => unpacking.destroy(error));
  return file.pipe(unpacking);
}
