import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { createSlots } from "./slots.ts";

/** Where a file's bytes are: in memory, or on disk with a name for its content. */
export type Found = FoundBytes | FoundFile;
type FoundBytes = { bytes: Uint8Array; type: string; lasting: boolean };
type FoundFile = { path: string; size: number; etag: string; type: string };

/** Large files that may be on their way at once; to one address fewer, or one that reads slowly would keep all others waiting. */
const MOST_STREAMS = 64;
const MOST_TO_ONE = 16;
/** Who takes no byte for so long has gone. */
const STALLED_MS = 60_000;
const LASTING = "public, max-age=31536000, immutable";

export function end(response: ServerResponse, status: number): true {
  response.statusCode = status;
  if (status >= 400) response.setHeader("cache-control", "no-store");
  response.end();
  return true;
}

export function createSender(): (
  request: IncomingMessage,
  response: ServerResponse,
  found: Found,
  address: string,
) => Promise<true> {
  const streams = createSlots(MOST_STREAMS, MOST_TO_ONE);
  return async (request, response, found, address) =>
    "bytes" in found
      ? sendBytes(request, response, found)
      : await sendFile(request, response, found, () => streams.take(address));
}

function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, type, lasting }: FoundBytes,
): true {
  const etag = `"${createHash("sha256").update(bytes).digest("hex")}"`;
  response.setHeader("etag", etag);
  response.setHeader("content-type", type);
  response.setHeader("cache-control", lasting ? LASTING : "no-cache");
  if (request.headers["if-none-match"] === etag) return end(response, 304);
  response.setHeader("content-length", bytes.length);
  response.end(request.method === "HEAD" ? undefined : bytes);
  return true;
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { path, size, etag, type }: FoundFile,
  take: () => ReturnType<ReturnType<typeof createSlots>["take"]>,
): Promise<true> {
  const tag = `"${etag}"`;
  response.setHeader("etag", tag);
  response.setHeader("content-type", type);
  response.setHeader("accept-ranges", "bytes");
  response.setHeader("cache-control", LASTING);
  if (request.headers["if-none-match"] === tag) return end(response, 304);
  // A part of another content is worth nothing: then the whole is sent (RFC 9110 §13.1.5).
  const stale = request.headers["if-range"] !== undefined && request.headers["if-range"] !== tag;
  const range = stale ? null : rangeOf(request.headers.range, size);
  if (range === "unsatisfiable") {
    response.setHeader("content-range", `bytes */${size}`);
    return end(response, 416);
  }
  const { from, to } = range ?? { from: 0, to: size - 1 };
  if (range !== null) {
    response.statusCode = 206;
    response.setHeader("content-range", `bytes ${from}-${to}/${size}`);
  }
  response.setHeader("content-length", to - from + 1);
  if (request.method === "HEAD" || size === 0) {
    response.end();
    return true;
  }
  const done = take();
  if (done === null) {
    for (const name of ["content-length", "content-range", "etag"]) response.removeHeader(name);
    response.setHeader("retry-after", "5");
    return end(response, 503);
  }
  try {
    await stream(response, { path, from, to });
  } finally {
    done();
  }
  return true;
}

async function stream(
  response: ServerResponse,
  { path, from, to }: { path: string; from: number; to: number },
): Promise<void> {
  const { socket } = response;
  const gone = () => response.destroy();
  socket?.setTimeout(STALLED_MS, gone);
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    await pipeline(file.createReadStream({ start: from, end: to }), response);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // The scanner hung up, and goes on later from where it was; or the file went between the look and now.
    response.destroy();
  } finally {
    socket?.off("timeout", gone).setTimeout(0);
  }
}

/** One range; several at once, and units other than bytes, are answered with the whole (RFC 9110 §14.2). */
function rangeOf(
  header: string | undefined,
  size: number,
): { from: number; to: number } | "unsatisfiable" | null {
  const found = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/.exec(header ?? "");
  const [, first = "", last = ""] = found ?? [];
  if (found === null || (first === "" && last === "")) return null;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (from >= size || (first === "" && Number(last) === 0)) return "unsatisfiable";
  return from > to ? null : { from, to };
}
