import type { KeyObject } from "node:crypto";
import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { publicKeyFromBase64, type SigningKey, signBody, verifyBytes } from "#agent/link/keys.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { bareHost, chooseProxy, type ProxySettings, parseUrl } from "#agent/link/proxy.ts";
import { type Trouble, troubleOf } from "#agent/link/trouble.ts";
import { agentFor } from "#agent/link/tunnel.ts";
import { REFUSALS, type RefusalCode, refusalSchema } from "#core/protocol/acknowledgement.ts";
import {
  ANSWER_SIGNATURE_HEADER,
  answerBytes,
  type Endpoint,
  KEY_HEADER,
  SERVER_KEY_HEADER,
  SIGNATURE_HEADER,
} from "#core/protocol/envelope.ts";

/**
 * One signed request, one verified answer. An answer counts only if the pinned server key signed it over this very request
 * (M-01, M-04): a captive portal, an inspecting proxy or another server can delay a report, never acknowledge it.
 */
export type Answer =
  | { kind: "answered"; body: unknown; serverKey: string | null }
  | { kind: "refused"; code: RefusalCode | "unknown-refusal"; message: string; retryAfterMs: number | null }
  | { kind: "trouble"; trouble: Trouble; retryAfterMs: number | null };

export type Transport = {
  /** Never throws. `serverKey` null: enrolment, where `believe` decides about the key that came with the answer. */
  send(endpoint: Endpoint, body: Uint8Array, signal?: AbortSignal): Promise<Answer>;
  /** The proxy in use, without its password, or null. */
  readonly proxy: string | null;
  close(): void;
};

export type TransportOptions = {
  serverUrl: string;
  key: SigningKey;
  /** Decides which server key an answer must be signed with: the pinned one, or at enrolment the one whose fingerprint fits. */
  serverKey: { pinned: string } | { believe: (serverKeyBase64: string) => boolean };
  proxy: ProxySettings;
  extraCa: string | null;
  timeouts?: { connectMs: number; requestMs: number };
};

const MAX_ANSWER_BYTES = 64 * 1024;
const TIMEOUTS = { connectMs: 10_000, requestMs: 30_000 };
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** The address as the agent uses it. Throws LinkError for anything but https, or http on loopback. */
export function parseServerUrl(text: string): URL {
  const url = parseUrl(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new LinkError(
      "bad-config",
      `"${text}" is not a server address: use https://HOST or https://HOST:PORT.`,
    );
  if (url.protocol === "http:" && !LOOPBACK.test(bareHost(url)))
    throw new LinkError(
      "bad-config",
      `${url.origin} is plain http to another machine, which anybody on the way can read: use https.`,
    );
  if (url.username !== "" || url.search !== "" || url.hash !== "")
    throw new LinkError("bad-config", "The server address is only a host, a port and perhaps a path.");
  return url;
}

/** Throws LinkError for an unusable address, proxy or CA; after that every failure is an Answer. */
export function createTransport(options: TransportOptions): Transport {
  const target = parseServerUrl(options.serverUrl);
  const chosen = chooseProxy(target, options.proxy);
  if (!chosen.ok) throw new LinkError("bad-config", `The proxy setting cannot be used: ${chosen.problem}.`);
  const timeouts = options.timeouts ?? TIMEOUTS;
  const route = {
    target,
    proxy: chosen.proxy,
    extraCa: options.extraCa,
    connectTimeoutMs: timeouts.connectMs,
  };
  const agent = makeAgent(route);
  return {
    proxy: chosen.proxy?.shown ?? null,
    close: () => agent.destroy(),
    async send(endpoint, body, signal) {
      const signature = signBody(options.key, endpoint, body);
      let raw: RawAnswer;
      try {
        raw = await exchange({
          url: new URL(`${target.pathname.replace(/\/$/, "")}/agent/v1/${endpoint}`, target),
          agent,
          body,
          headers: { [KEY_HEADER]: options.key.keyId, [SIGNATURE_HEADER]: signature },
          requestMs: timeouts.requestMs,
          signal,
        });
      } catch (error) {
        return { kind: "trouble", trouble: troubleOf(error), retryAfterMs: null };
      }
      return judge(raw, signature, options.serverKey);
    },
  };
}

function makeAgent(route: Parameters<typeof agentFor>[0]): Agent {
  try {
    return agentFor(route);
  } catch (error) {
    throw new LinkError("bad-config", "The CA file holds no certificate in PEM form.", { cause: error });
  }
}

type Exchange = {
  url: URL;
  agent: Agent;
  body: Uint8Array;
  headers: Record<string, string>;
  requestMs: number;
  signal: AbortSignal | undefined;
};
type RawAnswer = { status: number; headers: IncomingMessage["headers"]; body: Buffer };

class ExchangeError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One POST. Redirects are not followed (M-02); the whole exchange has one deadline, so a half-open socket cannot hold it (V-12). */
function exchange(ask: Exchange): Promise<RawAnswer> {
  const request = ask.url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(ask.url, {
      method: "POST",
      agent: ask.agent,
      headers: {
        ...ask.headers,
        "content-type": "application/json",
        "content-length": ask.body.length,
        accept: "application/json",
      },
      ...(ask.signal === undefined ? {} : { signal: ask.signal }),
    });
    const deadline = setTimeout(
      () => outgoing.destroy(new ExchangeError("ETIMEDOUT", `no answer within ${ask.requestMs / 1000} s`)),
      ask.requestMs,
    );
    outgoing.once("response", (incoming) => collect(incoming, resolve, reject));
    outgoing.once("error", reject);
    outgoing.once("close", () => clearTimeout(deadline));
    outgoing.end(ask.body);
  });
}

function collect(
  incoming: IncomingMessage,
  resolve: (answer: RawAnswer) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
    else incoming.destroy(new ExchangeError("ANSWER_TOO_LARGE", "the answer is larger than 64 kB"));
  });
  incoming.once("error", reject);
  incoming.once("end", () =>
    resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
  );
}

function judge(raw: RawAnswer, requestSignature: string, expected: TransportOptions["serverKey"]): Answer {
  const shown = oneHeader(raw, SERVER_KEY_HEADER);
  const key = keyToExpect(expected, shown);
  const signature = oneHeader(raw, ANSWER_SIGNATURE_HEADER);
  const headerWaitMs = retryAfterMs(raw);
  if (
    key === null ||
    signature === null ||
    !verifyBytes(key, answerBytes(requestSignature, raw.body), signature)
  )
    return { kind: "trouble", trouble: unsigned(raw, signature !== null), retryAfterMs: headerWaitMs };
  let body: unknown;
  try {
    body = JSON.parse(raw.body.toString("utf8"));
  } catch {
    return wrongAnswer(`status ${raw.status} with a signed body that is not JSON`);
  }
  if (raw.status === 200) return { kind: "answered", body, serverKey: shown };
  const refusal = refusalSchema.safeParse(body);
  if (!refusal.success) return wrongAnswer(`status ${raw.status} without a refusal`);
  const { refused, message, retryAfterS } = refusal.data;
  return {
    kind: "refused",
    code: Object.hasOwn(REFUSALS, refused) ? (refused as RefusalCode) : "unknown-refusal",
    message: Object.hasOwn(REFUSALS, refused) ? message : `${refused}: ${message}`,
    retryAfterMs: retryAfterS === undefined ? headerWaitMs : retryAfterS * 1000,
  };
}

function wrongAnswer(detail: string): Answer {
  return { kind: "trouble", trouble: { reason: "wrong-answer", detail }, retryAfterMs: null };
}

function keyToExpect(expected: TransportOptions["serverKey"], shown: string | null): KeyObject | null {
  if ("pinned" in expected) return publicKeyFromBase64(expected.pinned)?.key ?? null;
  return shown !== null && expected.believe(shown) ? (publicKeyFromBase64(shown)?.key ?? null) : null;
}

/** What an answer without the server's signature was, for the person who has to find out what stands in the way. */
function unsigned(raw: RawAnswer, signed: boolean): Trouble {
  if ([429, 502, 503, 504].includes(raw.status))
    return { reason: "overloaded", detail: `status ${raw.status} without the server's signature` };
  const type = oneHeader(raw, "content-type")?.split(";")[0]?.slice(0, 64) ?? "no content type";
  const what = signed ? "with a signature of another key" : "without the server's signature";
  const where = oneHeader(raw, "location");
  const redirect =
    where === null ? "" : `, redirecting to ${where.slice(0, 200)} (redirects are not followed)`;
  return { reason: "not-the-server", detail: `status ${raw.status}, ${type}, ${what}${redirect}` };
}

function oneHeader(raw: RawAnswer, name: string): string | null {
  const value = raw.headers[name];
  return typeof value === "string" ? value : null;
}

/** Retry-After (RFC 9110 §10.2.3) in seconds or as a date; a date is read against the answer's own Date, because this clock may be wrong. */
function retryAfterMs(raw: RawAnswer): number | null {
  const header = oneHeader(raw, "retry-after");
  if (header === null) return null;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const wait = Date.parse(header) - Date.parse(oneHeader(raw, "date") ?? "");
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}
