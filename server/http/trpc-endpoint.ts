import type { IncomingMessage, ServerResponse } from "node:http";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { Refusal, refusalIn } from "#server/refusal.ts";
import type { AppRouter } from "#server/router.ts";
import { AttemptLimit } from "#server/session/attempt-limit.ts";
import type { ReadVisitor } from "#server/session/visitor.ts";
import { asTrpcError, type Context } from "#server/trpc.ts";
import type { Exchange } from "./exchange.ts";
import { foreignOrigin, wrongMediaType } from "./guard.ts";
import { sendRefusal } from "./respond.ts";

const BASE = "/api/trpc/";
const BODY_BYTES = 256 * 1024;
/** A sheet of a megabyte, as JSON writes its quotes and line breaks. */
const SHEET_BYTES = 3 * 1024 * 1024;
/** One call by itself: a batch that names a sheet gets no more room for the rest. */
const SHEETS = /^sheet\.(preview|import)(Labels|Sites)$/;
const MAX_BATCH = 40;
/** Calls, not requests: a batch counts as its length (B-03). Enough for a ward behind one address, little for a script. */
const CALLS = { max: 1_500, windowMs: 10_000 };

export type TrpcPorts = {
  router: AppRouter;
  readVisitor: ReadVisitor;
  context: Omit<Context, "visitor" | "memberships" | "requestId" | "nowMs">;
  origins: readonly string[];
  clock: () => number;
};

const headersOf = ({ headers }: IncomingMessage): Headers =>
  new Headers(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value] as [string, string]] : [],
    ),
  );

/** tRPC on our own server, outside Next: there is one gate, in front of every procedure (W-02). */
export function createTrpcEndpoint(ports: TrpcPorts): (exchange: Exchange) => void {
  const limit = new AttemptLimit(CALLS);
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  const handlerFor = (maxBodySize: number) =>
    createHTTPHandler<AppRouter>({
      router: ports.router,
      basePath: BASE,
      maxBodySize,
      maxBatchSize: MAX_BATCH,
      // A question may be too long for an address; what it may do is the same.
      allowMethodOverride: true,
      createContext: async ({ req, res }) => {
        const exchange = exchanges.get(req);
        if (exchange === undefined) throw new Error("a tRPC request that did not come through its endpoint");
        return contextOf(ports, exchange, res);
      },
      onError: ({ error, req, path }) => {
        if (refusalIn(error) !== null || error.code !== "INTERNAL_SERVER_ERROR") return;
        const requestId = exchanges.get(req)?.requestId;
        ports.context.log.error("request.failed", { requestId, path, error });
      },
    });
  const handle = handlerFor(BODY_BYTES);
  const handleSheet = handlerFor(SHEET_BYTES);
  return (exchange) => {
    const { request, response, path } = exchange;
    const refused = refusal(ports, exchange, limit);
    if (refused !== null) return sendRefusal(response, refused);
    exchanges.set(request, exchange);
    (SHEETS.test(path.slice(BASE.length)) ? handleSheet : handle)(request, response);
  };
}

function refusal(ports: TrpcPorts, exchange: Exchange, limit: AttemptLimit): Refusal | null {
  const { request, path, address } = exchange;
  if (foreignOrigin(request, ports.origins)) return new Refusal("foreign-origin");
  if (wrongMediaType(request)) return new Refusal("wrong-request");
  if (exchange.internal) return null;
  const calls = path.slice(BASE.length).split(",").length;
  const waitS = limit.take(address, ports.clock(), calls);
  return waitS === 0 ? null : new Refusal("too-many-requests", { waitS });
}

async function contextOf(ports: TrpcPorts, exchange: Exchange, response: ServerResponse): Promise<Context> {
  const nowMs = ports.clock();
  const { visitor, memberships } = await ports
    .readVisitor(headersOf(exchange.request), nowMs)
    .catch((error: unknown) => {
      throw asTrpcError(error) ?? error;
    });
  response.setHeader("cache-control", "no-store");
  exchange.notes.userId = visitor?.userId;
  return { ...ports.context, visitor, memberships, requestId: exchange.requestId, nowMs };
}
