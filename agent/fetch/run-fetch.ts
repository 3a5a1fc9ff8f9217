import { download, type Progress } from "#agent/fetch/download.ts";
import type { CacheSource } from "#agent/fetch/fetch-path.ts";
import { getWhole, type HttpSource } from "#agent/fetch/http-source.ts";
import type { Spool } from "#agent/fetch/spool.ts";
import { AS_FAST_AS_IT_GOES, type Throttle } from "#agent/fetch/throttle.ts";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { sha256 } from "#agent/trust/seal.ts";
import type { Refreshed, Trust } from "#agent/trust/trust.ts";
import { noRoom, noRoomText } from "#core/change/room.ts";
import type { ActivateAnswer, ActivateRequest, MissingPath } from "#core/change/verbs.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { RELEASE_LIMIT_BYTES } from "#core/release/release.ts";
import { REPOSITORIES, repositoryFolder } from "#core/trust/layout.ts";

export type FetchParts = {
  trust: Trust;
  scannerId: ScannerId;
  /** `<server>/agent/v1/tuf`. */
  metadata: HttpSource;
  /** The server's own cache first, then those of the configuration; one list, with connections of its own, for each download at a time. */
  caches: readonly (readonly CacheSource[])[];
  spool: Spool;
  /** Of the files of a release; metadata is small and goes first. Left out: as fast as it goes. */
  throttle?: Throttle;
  /** One question to the activator; what cannot be asked is answered as `failed`. */
  ask: (request: ActivateRequest) => Promise<ActivateAnswer>;
  signal: AbortSignal;
  /** Monotonic milliseconds. */
  clockMs: () => number;
  log: (line: string) => void;
};

/** `done`: nothing is left to fetch. `later`: something could not be had, or was told to be looked at again. `refused`: somebody meddled. */
export type FetchResult = { result: "done" | "later" | "refused"; detail: string };

/** Fetching and asking again ends here, whatever the activator says. */
const MOST_ROUNDS = 8;
/** Each question starts the activator; progress is for people, and people are slow. */
const PROGRESS_EVERY_MS = 5_000;

/** One turn: metadata of both repositories, then whatever the activator says is missing, until it misses nothing (SIG-4). */
export async function runFetch(parts: FetchParts): Promise<FetchResult> {
  const looked = await refreshSpool(parts);
  if (looked !== null) return looked;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const answer = await parts.ask({ verb: "consider" });
    parts.log(`activator: ${answer.answer}${"detail" in answer ? `, ${answer.detail}` : ""}`);
    const found = await act(parts, answer);
    if (found !== null) return found;
  }
  return { result: "later", detail: "the activator still misses something" };
}

/** Null: all is well, ask the activator. */
async function refreshSpool(parts: FetchParts): Promise<FetchResult | null> {
  const fetcherOf = (folder: string): Fetcher => {
    return (name, maxBytes) => getWhole(parts.metadata, `${folder}/${name}`, maxBytes, parts.signal);
  };
  const folders = {
    release: repositoryFolder("release", parts.scannerId),
    director: repositoryFolder("director", parts.scannerId),
  };
  const seen = await parts.trust.refresh({
    release: fetcherOf(folders.release),
    director: fetcherOf(folders.director),
  });
  if (!seen.ok && "unreached" in seen) {
    const { name, problem, detail, repository } = seen.unreached;
    return { result: "later", detail: `${repository} ${name}: ${problem}, ${detail}` };
  }
  if (seen.files !== null)
    for (const repository of REPOSITORIES)
      await parts.spool.mirror(folders[repository], seen.files[repository]);
  // What only the activator may judge, and tell of, is brought to it; metadata that did not verify never reaches the spool.
  return seen.ok || seen.files !== null ? null : { result: "refused", detail: refusalText(seen) };
}

function refusalText({ refusal }: Extract<Refreshed, { ok: false; refusal: unknown }>): string {
  return `${refusal.refused}: ${refusal.where}, ${refusal.detail}`;
}

/** Null: something was brought, ask again. */
async function act(parts: FetchParts, answer: ActivateAnswer): Promise<FetchResult | null> {
  switch (answer.answer) {
    case "nothing":
      await parts.spool.clearCache();
      return { result: "done", detail: "nothing is asked" };
    case "need-release":
      return fetchRelease(parts, answer.missing);
    case "need-paths":
      return fetchPaths(parts, answer.missing, answer.totalBytes);
    case "need-metadata":
      return refreshSpool(parts);
    case "refused":
      // Of what this half brought, only a release's own file can be other than signed here; the next turn brings it anew.
      if (answer.reason === "content-mismatch") await parts.spool.clearReleases();
      return { result: "done", detail: `refused: ${answer.reason}` };
    case "failed":
      return { result: "later", detail: answer.detail };
    case "under-way":
    case "off":
    case "status":
      return { result: "done", detail: answer.answer };
  }
}

async function fetchRelease(
  { metadata, spool, signal }: FetchParts,
  missing: { file: string; bytes: number; sha256: string },
): Promise<FetchResult | null> {
  const got = await getWhole(metadata, missing.file, Math.min(missing.bytes, RELEASE_LIMIT_BYTES), signal);
  // Longer than people signed is other than they signed, whatever comes behind.
  if (!got.ok && got.problem === "too-large")
    return { result: "refused", detail: `content-mismatch: ${missing.file}, ${got.detail}` };
  if (!got.ok) return { result: "later", detail: `${missing.file}: ${got.problem}, ${got.detail}` };
  if (sha256(got.bytes) !== missing.sha256)
    return { result: "refused", detail: `content-mismatch: ${missing.file}` };
  await spool.put(missing.file, got.bytes);
  return null;
}

async function fetchPaths(
  parts: FetchParts,
  missing: readonly MissingPath[],
  totalBytes: number,
): Promise<FetchResult | null> {
  const wanted = missing.reduce((sum, { narSize }) => sum + narSize, 0);
  const room = { freeBytes: await parts.spool.freeBytes(), neededBytes: wanted };
  const no = noRoom(room);
  if (no !== null) return { result: "later", detail: `disk-full: ${noRoomText(room, no)}` };
  const progress = progressOf(parts, Math.max(0, totalBytes - wanted), totalBytes);
  const { throttle = AS_FAST_AS_IT_GOES } = parts;
  const problem = await download({ ...parts, throttle }, missing, progress);
  if (problem !== null) return { result: "later", detail: `${problem.path}: ${problem.detail}` };
  return parts.signal.aborted ? { result: "later", detail: "told to stop" } : null;
}

/**
 * Tells the activator how far the download is, for the page of the scanner, and at once when there is more in the spool that it can use;
 * that it cannot be told hinders nothing.
 */
function progressOf(parts: FetchParts, alreadyBytes: number, totalBytes: number): Progress {
  let bytes = alreadyBytes;
  let toldMs = Number.NEGATIVE_INFINITY;
  const tell = () => {
    toldMs = parts.clockMs();
    const said = { verb: "fetched", bytes: Math.max(0, Math.min(bytes, totalBytes)), totalBytes } as const;
    parts.ask(said).then(
      ({ answer }) => answer === "failed" && parts.log("progress could not be told"),
      (error: unknown) => parts.log(`progress could not be told: ${String(error)}`),
    );
  };
  const came = (more: number) => {
    bytes += more;
    if (parts.clockMs() - toldMs >= PROGRESS_EVERY_MS) tell();
  };
  return { came, placed: tell };
}
