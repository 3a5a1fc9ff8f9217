import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { mayAnywhere, scopesFor } from "#core/access/permission.ts";
import { MAX_QUERY } from "#core/fleet/filter.ts";
import type { ActPorts } from "#server/act.ts";
import { readBody } from "#server/agent-api/body.ts";
import { Refused } from "#server/agent-api/checks.ts";
import { isDatabaseAway } from "#server/database/scoped.ts";
import type { Log } from "#server/log.ts";
import type { Transaction } from "#server/reach.ts";
import { Refusal, refusalIn } from "#server/refusal.ts";
import { CSV_COLUMNS, csvWriter } from "#server/scanner/fleet-csv.ts";
import { exportFleet, type FleetExport } from "#server/scanner/fleet-export.ts";
import { AttemptLimit } from "#server/session/attempt-limit.ts";
import type { ReadVisitor } from "#server/session/visitor.ts";
import type { Exchange } from "./exchange.ts";
import { foreignOrigin, wrongMediaType } from "./guard.ts";
import { sendRefusal } from "./respond.ts";
import { NO_CONTENT_POLICY } from "./security-headers.ts";

const PATH = "/export/fleet.csv";
const BODY_BYTES = 1024 * 1024;
/** A whole fleet is read for each; nobody needs one every second. */
const EXPORTS = { max: 20, windowMs: 60_000 };

export type ExportPorts = {
  transaction: Transaction;
  append: ActPorts["append"];
  nudge: ActPorts["nudge"];
  readVisitor: ReadVisitor;
  origins: readonly string[];
  build: string;
  clock: () => number;
  log: Log;
};

const chosen = z.strictObject({ ids: z.array(z.uuid()).min(1).max(20_000) });

/**
 * GET /export/fleet.csv?<the fleet page's query>: every scanner it matches. POST with `{ids}`: only these of them. Whoever may read the
 * list may take it along, from the same sites. Streamed, so that ten thousand rows are never held at once.
 */
export function createExportEndpoint(ports: ExportPorts): (exchange: Exchange) => Promise<void> {
  const limit = new AttemptLimit(EXPORTS);
  return async (exchange) => {
    try {
      const refused = refusal(ports, exchange, limit);
      if (refused !== null) throw refused;
      await answer(ports, exchange);
    } catch (error) {
      const refused = refusalIn(error) ?? (isDatabaseAway(error) ? new Refusal("database-away") : null);
      // What has begun to flow cannot be refused any more: the connection ends, and the file lacks its last record.
      if (refused === null || exchange.response.headersSent) throw error;
      sendRefusal(exchange.response, refused);
    }
  };
}

function refusal(
  ports: ExportPorts,
  { request, path, address }: Exchange,
  limit: AttemptLimit,
): Refusal | null {
  if (path !== PATH) return new Refusal("not-found");
  if (request.method !== "GET" && request.method !== "POST") return new Refusal("wrong-request");
  if (foreignOrigin(request, ports.origins)) return new Refusal("foreign-origin");
  if (wrongMediaType(request)) return new Refusal("wrong-request");
  const waitS = limit.take(address, ports.clock(), 1);
  return waitS === 0 ? null : new Refusal("too-many-requests", { waitS });
}

async function answer(ports: ExportPorts, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const nowMs = ports.clock();
  const made = await open(ports, exchange, nowMs);
  const stamp = new Date(nowMs).toISOString().slice(0, 16).replace(":", "");
  response.statusCode = 200;
  response.setHeader("content-type", "text/csv; charset=utf-8");
  response.setHeader("content-disposition", `attachment; filename="fleet-${stamp}Z.csv"`);
  response.setHeader("cache-control", "no-store");
  response.setHeader("content-security-policy", NO_CONTENT_POLICY);
  request.resume();
  await pipeline(Readable.from(withHead(made)), csvWriter(), response);
}

async function* withHead({ records }: FleetExport): AsyncGenerator<readonly unknown[]> {
  yield CSV_COLUMNS;
  yield* records();
}

async function open(ports: ExportPorts, { request, notes }: Exchange, nowMs: number): Promise<FleetExport> {
  const headers = new Headers({ cookie: request.headers.cookie ?? "" });
  const { visitor, memberships } = await ports.readVisitor(headers, nowMs);
  if (visitor === null) throw new Refusal("not-signed-in");
  notes.userId = visitor.userId;
  if (!mayAnywhere(memberships, "scanner.list")) throw new Refusal("not-allowed");
  const access = { kind: "reach", reach: scopesFor(memberships, "scanner.list") } as const;
  const act: ActPorts = { ...ports, transaction: (work) => ports.transaction(access, work) };
  const query = (request.url ?? "").split("?").slice(1).join("?");
  if (query.length > MAX_QUERY) throw new Refusal("wrong-input", { problem: "query" });
  const ids = request.method === "POST" ? await chosenIds(request) : null;
  return await exportFleet(act, { userId: visitor.userId, nowMs, build: ports.build }, { query, ids });
}

async function chosenIds(request: IncomingMessage): Promise<readonly string[]> {
  const parsed = chosen.safeParse(await readJson(request));
  if (!parsed.success) throw new Refusal("wrong-input", { problem: "ids" });
  return parsed.data.ids;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse((await readBody(request, BODY_BYTES)).toString("utf8"));
  } catch (error) {
    if (error instanceof Refused) throw new Refusal("too-large", {}, error);
    throw new Refusal("wrong-input", { problem: "body" }, error);
  }
}
