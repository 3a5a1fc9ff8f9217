import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { readCaFile } from "#agent/config.ts";
import { messageOf } from "#agent/link/durable.ts";
import { chooseProxy, proxySettings } from "#agent/link/proxy.ts";
import { parseServerUrl } from "#agent/link/transport.ts";
import { agentFor } from "#agent/link/tunnel.ts";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { StationError } from "./station-error.ts";

const CONNECT_MS = 10_000;
const REQUEST_MS = 60_000;

export type Answer = { status: number; body: Buffer };
type Ask = {
  method: "GET" | "PUT" | "POST";
  path: string;
  body?: Uint8Array;
  headers?: Record<string, string>;
  maxBytes: number;
};

/** One server over one kept connection. Nothing it says is believed; what it sends is bounded. */
export type ServerClient = { address: string; ask(ask: Ask): Promise<Answer>; close(): void };

/** Throws LinkError for an unusable address, StationError for an unusable proxy. Redirects are not followed. */
export function openServer(address: string, caFile: string | null): ServerClient {
  const base = parseServerUrl(address);
  const chosen = chooseProxy(base, proxySettings(process.env));
  if (!chosen.ok) throw new StationError("usage", `The proxy setting cannot be used: ${chosen.problem}.`);
  const agent = agentFor({
    target: base,
    proxy: chosen.proxy,
    extraCa: readCaFile(caFile),
    connectTimeoutMs: CONNECT_MS,
  });
  const request = base.protocol === "https:" ? httpsRequest : httpRequest;
  return {
    address: base.href,
    close: () => agent.destroy(),
    async ask({ method, path, body, headers = {}, maxBytes }) {
      const url = new URL(`${base.pathname.replace(/\/$/, "")}${path}`, base);
      const length = body === undefined ? {} : { "content-length": String(body.length) };
      try {
        return await new Promise<Answer>((resolve, reject) => {
          const signal = AbortSignal.timeout(REQUEST_MS);
          const outgoing = request(url, { agent, method, signal, headers: { ...headers, ...length } });
          outgoing.once("response", (incoming) => gather(incoming, maxBytes).then(resolve, reject));
          outgoing.once("error", reject);
          outgoing.end(body);
        });
      } catch (error) {
        throw new StationError(
          "unreachable",
          `${url.host} is not reached (${messageOf(error)}). Does it run, and is the address right? What was sent before stays sent.`,
          {
            cause: error,
          },
        );
      }
    },
  };
}

async function gather(incoming: IncomingMessage, maxBytes: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: incoming.statusCode ?? 0, body: Buffer.concat(chunks) };
}

/** Files of a server below a path, as a verifier asks for them. */
export function serverFetcher(server: ServerClient, below: string): Fetcher {
  return async (name, maxBytes) => {
    try {
      const { status, body } = await server.ask({ method: "GET", path: `${below}${name}`, maxBytes });
      if (status === 200) return { ok: true, bytes: body };
      if (status === 404) return { ok: false, problem: "absent", detail: `no ${name}` };
      return { ok: false, problem: "unreached", detail: `${name}: status ${status}` };
    } catch (error) {
      if (error instanceof StationError) return { ok: false, problem: "unreached", detail: error.message };
      throw error;
    }
  };
}
