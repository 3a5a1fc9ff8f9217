import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { PUBLISH_BASE } from "#core/trust/publish.ts";
import type { HealthBook } from "#server/health/health.ts";
import type { Log } from "#server/log.ts";
import { Refusal } from "#server/refusal.ts";
import { clientAddress } from "./client-address.ts";
import type { Exchange } from "./exchange.ts";
import { dropForeignHeaders, plainPath } from "./guard.ts";
import { OWN_CA_PATH, type OwnCa, sendOwnCa } from "./own-ca.ts";
import type { Pages } from "./pages.ts";
import { sendJson, sendRefusal } from "./respond.ts";
import { pagePolicy, setSecurityHeaders } from "./security-headers.ts";

/** Everything that answers once the server serves. */
export type Endpoints = {
  trpc: (exchange: Exchange) => void;
  auth: (exchange: Exchange) => Promise<void>;
  /** False: not an agent's path. */
  agentApi: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  dock: (exchange: Exchange) => Promise<void>;
  /** Files people take along. */
  export: (exchange: Exchange) => Promise<void>;
  agentBundle: (path: string, response: ServerResponse) => Promise<boolean>;
  /** Signed files that scanners fetch. False: not such a path. */
  repository: (request: IncomingMessage, response: ServerResponse, at: At) => Promise<boolean>;
  /** Where signed releases are put. */
  publish: (request: IncomingMessage, response: ServerResponse, at: At) => Promise<void>;
  pages: Pages;
};

type At = Pick<Exchange, "path" | "address">;

export type ListenerPorts = {
  /** Null while the server starts. */
  endpoints: () => Endpoints | null;
  health: HealthBook;
  log: Log;
  secure: boolean;
  development: boolean;
  trustedProxies: readonly string[];
  ownCa?: OwnCa | null;
  clock: () => number;
};

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** @param internal the loopback listener of this process's own pages: tRPC and nothing else. */
export function createListener(ports: ListenerPorts, internal: boolean): Listener {
  return (request, response) => {
    const startedMs = performance.now();
    const requestId = randomUUID();
    const address = internal ? "internal" : clientAddress(request, ports.trustedProxies);
    dropForeignHeaders(request);
    setSecurityHeaders(response, ports.secure);
    response.setHeader("x-request-id", requestId);
    const path = plainPath(request.url);
    const exchange: Exchange = {
      request,
      response,
      path: path ?? "",
      requestId,
      address,
      internal,
      notes: {},
    };
    response.once("close", () => writeLine(ports.log, exchange, performance.now() - startedMs));
    const work = path === null ? refuse(response, "wrong-request") : answer(ports, exchange);
    work.catch((error: unknown) => fail(ports.log, exchange, error));
  };
}

async function refuse(response: ServerResponse, code: "wrong-request" | "not-found"): Promise<void> {
  sendRefusal(response, new Refusal(code));
}

async function answer(ports: ListenerPorts, exchange: Exchange): Promise<void> {
  const { request, response, path, internal } = exchange;
  if (path === "/healthz") {
    const health = await ports.health.read(ports.clock());
    return sendJson(response, health.status === "ok" ? 200 : 503, health);
  }
  if (path === OWN_CA_PATH && ports.ownCa != null) return sendOwnCa(response, ports.ownCa);
  const endpoints = ports.endpoints();
  if (endpoints === null) return unavailable(ports, response);
  if (path.startsWith("/api/trpc/")) return endpoints.trpc(exchange);
  if (internal) return refuse(response, "not-found");
  if (path.startsWith("/api/auth/")) return endpoints.auth(exchange);
  if (path.startsWith("/export/")) return endpoints.export(exchange);
  if (path.startsWith("/agent/")) return agent(endpoints, exchange);
  if (path.startsWith(PUBLISH_BASE)) return endpoints.publish(request, response, exchange);
  if (path.startsWith("/dock/")) return endpoints.dock(exchange);
  if (path.startsWith("/api/") || path.startsWith("/ws")) return refuse(response, "not-found");
  return page(ports, endpoints, request, response);
}

async function unavailable(ports: ListenerPorts, response: ServerResponse): Promise<void> {
  response.setHeader("retry-after", "2");
  sendJson(response, 503, await ports.health.read(ports.clock()));
}

async function agent(endpoints: Endpoints, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  if (await endpoints.repository(request, response, exchange)) return;
  if (await endpoints.agentApi(request, response)) return;
  if (request.method === "GET" && (await endpoints.agentBundle(path, response))) return;
  return refuse(response, "not-found");
}

/** Next reads the nonce from the policy in the request and puts it on its own scripts. */
async function page(
  ports: ListenerPorts,
  { pages }: Endpoints,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, "wrong-request");
  const nonce = randomBytes(16).toString("base64");
  const policy = pagePolicy(nonce, ports.development);
  request.headers["x-nonce"] = nonce;
  request.headers["content-security-policy"] = policy;
  response.setHeader("content-security-policy", policy);
  await pages.handle(request, response);
}

function fail(log: Log, { response, requestId, path }: Exchange, error: unknown): void {
  log.error("request.failed", { requestId, path, error });
  const message = `Something failed inside the server. It is logged under ${requestId}.`;
  if (!response.headersSent) sendJson(response, 500, { message });
  else response.destroy();
}

/** One line per request; what scanners send every few seconds is for whoever asks for it. */
function writeLine(
  log: Log,
  { request, response, path, requestId, address, notes }: Exchange,
  ms: number,
): void {
  // A probe's 503 is its answer, not a failure of the request.
  const failed = response.statusCode >= 500 && path !== "/healthz";
  const quiet = path.startsWith("/agent/v1/") || path.startsWith("/_next/") || path === "/healthz";
  const level = failed ? "warn" : quiet || address === "internal" ? "debug" : "info";
  log[level]("request", {
    requestId,
    method: request.method,
    path,
    status: response.statusCode,
    finished: response.writableFinished,
    ms: Math.round(ms),
    address,
    userId: notes.userId,
  });
}
