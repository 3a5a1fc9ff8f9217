import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { type Answer, type ExpectedKey, judge, type RawAnswer } from "#agent/link/answer.ts";
import { errorCode } from "#agent/link/durable.ts";
import { type SigningKey, signBody } from "#agent/link/keys.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { bareHost, chooseProxy, type ProxySettings, parseUrl } from "#agent/link/proxy.ts";
import { troubleOf } from "#agent/link/trouble.ts";
import { agentFor } from "#agent/link/tunnel.ts";
import { type Endpoint, KEY_HEADER, SIGNATURE_HEADER } from "#core/protocol/envelope.ts";

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
  serverKey: ExpectedKey;
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
    // What OpenSSL refuses carries a code; anything else is a defect of ours and must not look like a bad file.
    if (!(error instanceof TypeError) && errorCode(error) === "") throw error;
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
