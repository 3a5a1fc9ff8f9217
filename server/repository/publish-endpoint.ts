import type { IncomingMessage, ServerResponse } from "node:http";
import { NARINFO_LIMIT_BYTES } from "#core/closure/narinfo.ts";
import { METADATA_LIMIT_BYTES } from "#core/trust/layout.ts";
import { COMPLETE_NAME, PIECE_BYTES, PUBLISH_BASE, PUBLISH_REFUSALS } from "#core/trust/publish.ts";
import { abandonBody, readBody } from "#server/agent-api/body.ts";
import { Refused } from "#server/agent-api/checks.ts";
import { sendJson } from "#server/http/respond.ts";
import { AttemptLimit } from "#server/session/attempt-limit.ts";
import type { CachePath } from "./cache-index.ts";
import {
  listedTarget,
  noteNar,
  takeDirectorRoot,
  takeReleaseFile,
  takeReleaseRoot,
  takeTargets,
} from "./incoming.ts";
import { publishedFile, type RepositoryFile } from "./names.ts";
import { narBytes, takeNarinfo, takeNarPiece } from "./nars.ts";
import type { Publisher, PublisherPorts } from "./publisher.ts";
import { PublishRefused } from "./refused.ts";
import { createSlots } from "./slots.ts";

/** Of one address. */
const REQUESTS = { max: 2_000, windowMs: 10_000 };
/** Bodies that are held at once, each of a piece at most: whoever publishes sends one after the other. */
const MOST_BODIES = 16;
const MOST_OF_ONE = 4;

type Ports = PublisherPorts & {
  publisher: Publisher;
  /** What was signed for scanners by keys that a new root may have replaced is to be looked at again. */
  directorRootTaken: () => void;
};
type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  at: { path: string; address: string },
) => Promise<void>;

/**
 * Where releases are put (core/trust/publish.ts). Nobody signs in: nothing is taken but what the threshold of release keys signed, and
 * the bytes that it names. One request after the other: a set is built up and made visible by one hand.
 */
export function createPublishEndpoint(ports: Ports): Handler {
  const limit = new AttemptLimit(REQUESTS);
  const bodies = createSlots(MOST_BODIES, MOST_OF_ONE);
  let last: Promise<unknown> = Promise.resolve();
  return async (request, response, { path, address }) => {
    let release: (() => void) | null = null;
    try {
      if (limit.take(address, ports.nowMs()) > 0)
        throw new PublishRefused("too-often", "Try again in ten seconds.");
      release = bodies.take(address);
      if (release === null) throw new PublishRefused("too-often", "Others are sending; try again at once.");
      const name = path.slice(PUBLISH_BASE.length);
      const body = await readFor(ports, request, name);
      const mine = last.then(() => take(ports, name, body));
      last = mine.catch(() => undefined);
      await mine;
      sendJson(response, 200, ports.publisher.answer());
    } catch (error) {
      abandonBody(request);
      refuse(response, error);
    } finally {
      release?.();
    }
  };
}

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof PublishRefused)
    sendJson(response, error.status, { refused: error.code, detail: error.message.slice(0, 1000) });
  else if (error instanceof Refused && (error.code === "too-large" || error.code === "too-slow"))
    sendJson(response, PUBLISH_REFUSALS[error.code], { refused: error.code, detail: "" });
  else throw error;
}

type Body =
  | { kind: "status" }
  | { kind: "complete" }
  | { kind: "file"; file: RepositoryFile; piece: ReadPiece };
type ReadPiece = { bytes: Uint8Array; range: { from: number; size: number } | null };

/** What may be sent under a name is bounded before it is read, by what was signed where that says so. */
async function readFor(ports: Ports, request: IncomingMessage, name: string): Promise<Body> {
  if (request.method === "GET" && name === "status") return { kind: "status" };
  if (request.method !== "PUT") throw new PublishRefused("wrong-method", "Files are put.");
  if (name === COMPLETE_NAME) {
    await readBody(request, 1024);
    return { kind: "complete" };
  }
  const file = publishedFile(name);
  if (file === null) throw new PublishRefused("wrong-name", "No file of the repository is called that.");
  const bytes = await readBody(request, await largest(ports, file, name));
  return { kind: "file", file, piece: { bytes, range: rangeOf(request.headers["content-range"]) } };
}

/** @throws PublishRefused `not-listed` before a byte is read of what nobody signed */
async function largest(ports: Ports, file: RepositoryFile, name: string): Promise<number> {
  const { publisher } = ports;
  switch (file.kind) {
    case "metadata":
      return METADATA_LIMIT_BYTES[file.role];
    case "release":
      return listedTarget(publisher.waiting, { name: file.release, sha256: file.sha256 }).bytes;
    case "narinfo":
      await known(ports, "narinfos", file.hash, name);
      return NARINFO_LIMIT_BYTES;
    case "nar": {
      const { narSize } = await known(ports, "nars", file.file, name);
      // One byte more than was signed is told as too large by its own word (E-12).
      return Math.min(PIECE_BYTES, narSize + 1);
    }
    case "cache-info":
      throw new PublishRefused("wrong-name", "The server writes it itself.");
  }
}

/** `bytes <from>-<to>/<size>`; null: the whole file. */
function rangeOf(header: string | undefined): ReadPiece["range"] {
  if (header === undefined) return null;
  const [, from, , size] = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/([0-9]{1,15})$/.exec(header) ?? [];
  if (from === undefined || size === undefined)
    throw new PublishRefused("wrong-range", "content-range: bytes <from>-<to>/<size>");
  return { from: Number(from), size: Number(size) };
}

async function take(ports: Ports, name: string, body: Body): Promise<void> {
  const { publisher } = ports;
  if (body.kind === "status") return;
  if (body.kind === "complete") {
    const { targets, roots } = publisher.waiting;
    if (targets === null && roots.length === 0)
      throw new PublishRefused("nothing-waits", "There is nothing to publish.");
    return await publisher.settle(true);
  }
  await takeFile(ports, name, body.file, body.piece);
  await publisher.settle(false);
}

async function takeFile(ports: Ports, name: string, file: RepositoryFile, piece: ReadPiece): Promise<void> {
  const { folders, publisher, published } = ports;
  const { waiting } = publisher;
  const nowMs = ports.nowMs();
  switch (file.kind) {
    case "metadata": {
      if (file.repository === "director") {
        await takeDirectorRoot(folders, piece.bytes, nowMs);
        return ports.directorRootTaken();
      }
      if (file.role === "root") return await takeReleaseRoot(folders, waiting, piece.bytes, nowMs);
      const known = published.current()?.targets.versions.targets ?? 0;
      return await takeTargets(folders, waiting, { bytes: piece.bytes, known, nowMs });
    }
    case "release":
      return await takeReleaseFile(folders, waiting, {
        name: file.release,
        sha256: file.sha256,
        bytes: piece.bytes,
      });
    case "narinfo": {
      const entry = await known(ports, "narinfos", file.hash, name);
      const path = `releases/${entry.release}/release.json`;
      const release = waiting.releases.get(path) ?? (await published.release(entry.release));
      if (release === null) throw new PublishRefused("not-listed", `${entry.release} is not there.`);
      return await takeNarinfo(folders, file.hash, release, piece.bytes);
    }
    case "nar": {
      const entry = await known(ports, "nars", file.file, name);
      if ((await narBytes(folders, file.file)).whole) return;
      const { from, size } = piece.range ?? { from: 0, size: piece.bytes.length };
      try {
        await takeNarPiece(folders, file.file, entry, { from, size, bytes: piece.bytes });
      } finally {
        // Refused or not: what lies there now decides what is still missing.
        await noteNar(folders, waiting, file.file, entry.narSize);
      }
      return;
    }
    case "cache-info":
      return;
  }
}

/** Of a list that waits, or of one that is published. */
async function known(
  { publisher, published }: Ports,
  which: "nars" | "narinfos",
  name: string,
  put: string,
): Promise<CachePath> {
  const entry = publisher.waiting.index[which].get(name) ?? (await published.find(which, name));
  if (entry === null) throw new PublishRefused("not-listed", `No signed release lists ${put}.`);
  return entry;
}
