import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { errorCode } from "#agent/link/durable.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { chooseProxy, type ProxySettings } from "#agent/link/proxy.ts";
import { parseServerUrl } from "#agent/link/transport.ts";
import { troubleOf } from "#agent/link/trouble.ts";
import { agentFor } from "#agent/link/tunnel.ts";
import type { FetchProblem } from "#agent/trust/fetched.ts";

/** One place files come from, over one kept connection: the server, or a binary cache elsewhere. Nothing it says is believed. */
export type HttpSource = {
  /** Never throws for what a network or a server may do. `path` is below the address of the source. */
  get(path: string, ask: GetAsk): Promise<Got>;
  close(): void;
};

type GetAsk = {
  /** Bytes of the whole file; reading stops one byte later. */
  maxBytes: number;
  /** Bytes that are there already; the answer says whether the source goes on from them. */
  fromByte?: number;
  /** Milliseconds for the whole exchange; null: only the least rate bounds it. */
  deadlineMs: number | null;
  signal: AbortSignal;
  /** Called once, before the first piece: `fromByte` is 0 where the source begins anew. */
  begin(fromByte: number): Promise<void>;
  take(piece: Buffer): Promise<void>;
};
type Got = { ok: true } | { ok: false; problem: FetchProblem; detail: string };

export type SourceRoute = { proxy: ProxySettings; extraCa: string | null };

const CONNECT_MS = 10_000;
const FIRST_ANSWER_MS = 30_000;
/** A body that brings less than this in each window is a stall, or somebody who holds the line (slow retrieval). */
const WINDOW_MS = 30_000;
const LEAST_BYTES_PER_WINDOW = 30 * 1024;

/** A busy server says when to come again; it cannot hold the program for longer than this. */
const MOST_TRIES = 5;
const LONGEST_WAIT_MS = 15_000;

class SourceError extends Error {
  readonly problem: FetchProblem;
  readonly retryAfterMs: number | undefined;
  constructor(problem: FetchProblem, message: string, retryAfterMs?: number) {
    super(message);
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Returns early when told to stop: the next request then fails for that reason. */
export async function calm(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== "AbortError") throw error;
  });
}

/** Throws LinkError for an unusable address or proxy. Redirects are not followed: the address is the configuration's, not the network's. */
export function openSource(address: string, route: SourceRoute): HttpSource {
  const base = parseServerUrl(address);
  const chosen = chooseProxy(base, route.proxy);
  if (!chosen.ok) throw new LinkError("bad-config", `The proxy setting cannot be used: ${chosen.problem}.`);
  const agent = agentFor({
    target: base,
    proxy: chosen.proxy,
    extraCa: route.extraCa,
    connectTimeoutMs: CONNECT_MS,
  });
  const request = base.protocol === "https:" ? httpsRequest : httpRequest;
  return {
    close: () => agent.destroy(),
    async get(path, ask) {
      const url = new URL(`${base.pathname.replace(/\/$/, "")}/${path}`, base);
      const fromByte = ask.fromByte ?? 0;
      const range = fromByte > 0 ? { range: `bytes=${fromByte}-` } : {};
      const headers = { accept: "*/*", "accept-encoding": "identity", ...range };
      for (let tries = 1; ; tries += 1) {
        const { retryAfterMs, ...got } = await exchange(
          request(url, { agent, signal: ask.signal, headers }),
          ask,
          fromByte,
        );
        if (got.ok || retryAfterMs === undefined || tries === MOST_TRIES) return got;
        await calm(retryAfterMs, ask.signal);
      }
    },
  };
}

type Exchanged = Got & { retryAfterMs?: number };

async function exchange(outgoing: ClientRequest, ask: GetAsk, fromByte: number): Promise<Exchanged> {
  let stopped: SourceError | null = null;
  const stop = (problem: FetchProblem, detail: string) => {
    stopped = new SourceError(problem, detail);
    outgoing.destroy(stopped);
  };
  const deadline =
    ask.deadlineMs === null
      ? null
      : setTimeout(() => stop("too-slow", `not complete after ${ask.deadlineMs} ms`), ask.deadlineMs);
  const silence = setTimeout(() => stop("unreached", "no answer in time"), FIRST_ANSWER_MS);
  try {
    const incoming = await answerOf(outgoing);
    clearTimeout(silence);
    return await receive(incoming, ask, fromByte);
  } catch (error) {
    // What ended the exchange from here arrives as a connection that was reset.
    return failureOf(stopped ?? error);
  } finally {
    clearTimeout(silence);
    if (deadline !== null) clearTimeout(deadline);
    outgoing.destroy();
  }
}

function failureOf(error: unknown): Exchanged {
  if (error instanceof SourceError) {
    const { problem, message, retryAfterMs } = error;
    return { ok: false, problem, detail: message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (error instanceof SinkError) throw error.cause;
  if (!(error instanceof Error) || errorCode(error) === "") throw error;
  const { reason, detail } = troubleOf(error);
  return { ok: false, problem: "unreached", detail: `${reason}: ${detail}` };
}

function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** What our own disk refuses is not the source's fault: carried past the handling of network errors. */
class SinkError extends Error {}

async function receive(incoming: IncomingMessage, ask: GetAsk, fromByte: number): Promise<Got> {
  const start = startOf(incoming, fromByte);
  const told = Number(incoming.headers["content-length"] ?? "0");
  if (start + told > ask.maxBytes)
    throw new SourceError("too-large", `${start + told} bytes, at most ${ask.maxBytes}`);
  await sink(() => ask.begin(start));
  let size = start;
  let windowStart = size;
  const rate = setInterval(() => {
    if (size - windowStart < LEAST_BYTES_PER_WINDOW)
      incoming.destroy(new SourceError("too-slow", `${size - windowStart} bytes in ${WINDOW_MS} ms`));
    windowStart = size;
  }, WINDOW_MS);
  try {
    for await (const piece of incoming as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > ask.maxBytes) throw new SourceError("too-large", `more than ${ask.maxBytes} bytes`);
      await sink(() => ask.take(piece));
    }
  } finally {
    clearInterval(rate);
  }
  return { ok: true };
}

async function sink(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new SinkError("the file cannot be written", { cause: error });
  }
}

/** Where the body begins in the file. Throws SourceError for everything that is no file. */
function startOf(incoming: IncomingMessage, fromByte: number): number {
  const { statusCode = 0 } = incoming;
  if (statusCode === 200) return 0;
  if (statusCode === 404 || statusCode === 410) throw new SourceError("absent", `status ${statusCode}`);
  const [, from] = /^bytes (\d+)-/.exec(incoming.headers["content-range"] ?? "") ?? [];
  if (statusCode === 206 && fromByte > 0 && Number(from) === fromByte) return fromByte;
  const seconds = Number(incoming.headers["retry-after"] ?? "NaN");
  const busy = (statusCode === 429 || statusCode === 503) && seconds >= 0;
  const waitMs = busy ? Math.min(seconds * 1000, LONGEST_WAIT_MS) : undefined;
  throw new SourceError("unreached", `status ${statusCode}`, waitMs);
}

const METADATA_MS = 60_000;

/** A small file, whole. */
export async function getWhole(
  source: HttpSource,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ ok: true; bytes: Buffer } | { ok: false; problem: FetchProblem; detail: string }> {
  const pieces: Buffer[] = [];
  const got = await source.get(path, {
    maxBytes,
    deadlineMs: METADATA_MS,
    signal,
    begin: async () => undefined,
    take: async (piece) => void pieces.push(piece),
  });
  return got.ok ? { ok: true, bytes: Buffer.concat(pieces) } : got;
}
