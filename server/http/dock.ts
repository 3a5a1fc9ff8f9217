import { request as ask } from "node:http";
import type { Log } from "#server/log.ts";
import { Refusal } from "#server/refusal.ts";
import type { ReadVisitor } from "#server/session/visitor.ts";
import type { Exchange } from "./exchange.ts";
import { foreignOrigin } from "./guard.ts";
import { sendRefusal } from "./respond.ts";
import { DOCK_POLICY } from "./security-headers.ts";

const BASE = "/dock";
const BODY_BYTES = 16 * 1024;
const PATIENCE_MS = 20_000;

export type DockPorts = {
  /** Origin on loopback that answers (server/env.ts); null: there is no dock. */
  url: string | null;
  readVisitor: ReadVisitor;
  origins: readonly string[];
  clock: () => number;
  log: Log;
};

/**
 * Forwards /dock/… of signed-in people to another program on this machine, whose page stands along the bottom of every page. It gets
 * no cookie and no address, and what it answers may not be framed or loaded by anybody but our own pages.
 */
export function createDock(ports: DockPorts): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const { request, response } = exchange;
    const refused = await refusal(ports, exchange);
    if (refused !== null) return sendRefusal(response, refused);
    const target = new URL(
      `${exchange.path.slice(BASE.length)}${queryOf(request.url)}`,
      ports.url ?? undefined,
    );
    await forward(exchange, target).catch((error: unknown) => {
      ports.log.debug("dock.away", { error });
      sendRefusal(response, new Refusal("not-found"));
    });
  };
}

const queryOf = (url = "") => (url.includes("?") ? url.slice(url.indexOf("?")) : "");

async function refusal(ports: DockPorts, { request, notes }: Exchange): Promise<Refusal | null> {
  if (ports.url === null) return new Refusal("not-found");
  if (request.method !== "GET" && request.method !== "POST") return new Refusal("wrong-request");
  if (foreignOrigin(request, ports.origins)) return new Refusal("foreign-origin");
  const length = Number(request.headers["content-length"] ?? (request.method === "POST" ? Number.NaN : 0));
  if (Number.isNaN(length)) return new Refusal("wrong-request");
  if (length > BODY_BYTES) return new Refusal("too-large");
  const headers = new Headers({ cookie: request.headers.cookie ?? "" });
  const { visitor } = await ports.readVisitor(headers, ports.clock());
  notes.userId = visitor?.userId;
  return visitor === null ? new Refusal("not-signed-in") : null;
}

function forward({ request, response }: Exchange, target: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const { "content-type": type, "content-length": length } = request.headers;
    const headers = {
      ...(type === undefined ? {} : { "content-type": type }),
      ...(length === undefined ? {} : { "content-length": length }),
    };
    const sent = ask(target, { method: request.method, headers, timeout: PATIENCE_MS }, (answer) => {
      response.statusCode = answer.statusCode ?? 502;
      response.setHeader("content-type", answer.headers["content-type"] ?? "text/plain; charset=utf-8");
      response.setHeader("cache-control", "no-store");
      response.setHeader("x-frame-options", "SAMEORIGIN");
      response.setHeader("content-security-policy", DOCK_POLICY);
      answer.pipe(response);
      answer.once("error", reject);
      response.once("close", resolve);
    });
    sent.once("timeout", () => sent.destroy(new Error("the dock did not answer in time")));
    sent.once("error", reject);
    request.pipe(sent);
  });
}
