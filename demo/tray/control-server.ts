import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import * as z from "zod";
import { FAULT_IDS } from "#demo/fault/fault-id.ts";
import { canHave, FAULTS } from "#demo/fault/faults.ts";
import type { FireProblem, Fleet } from "#demo/fleet/fleet.ts";
import type { FleetAttacks } from "#demo/fleet/fleet-attacks.ts";
import { ATTACK_PROBLEMS, attackSchema, attacksView } from "#demo/tray/attack-api.ts";

/**
 * The dock's own small server, on loopback: its page, and the six questions that page asks. The product forwards it to people who
 * are signed in; nobody else on this machine gets further than a browser's own rules let them.
 */
const PAGE_FILES = {
  "/": { file: "tray.html", type: "text/html; charset=utf-8" },
  "/tray.css": { file: "tray.css", type: "text/css; charset=utf-8" },
  "/attack.css": { file: "attack.css", type: "text/css; charset=utf-8" },
  "/attack.js": { file: "attack.js", type: "text/javascript; charset=utf-8" },
  "/part.js": { file: "part.js", type: "text/javascript; charset=utf-8" },
  "/tray.js": { file: "tray.js", type: "text/javascript; charset=utf-8" },
} as const;
const POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'";
const MOST_BODY_BYTES = 4 * 1024;

const fireSchema = z.strictObject({
  fault: z.enum(FAULT_IDS),
  serial: z.string().max(64).optional(),
  scannerId: z.string().max(64).optional(),
});
const mendSchema = z.union([
  z.strictObject({ serial: z.string().max(64) }),
  z.strictObject({ all: z.literal(true) }),
]);

/** What cannot be done, as the page says it. */
const PROBLEMS: Record<FireProblem, string> = {
  "unknown-scanner": "There is no such scanner in this fleet, or it has not started yet.",
  "not-possible": "This model has nothing that could break like that.",
  already: "It is broken in that way already.",
  "none-left": "No scanner is left that is well and can break like that.",
};

export type ControlParts = {
  fleet: Fleet;
  attacks: FleetAttacks;
  /** Folder of the page's files. */
  folder: string;
  nowMs: () => number;
  log: (line: string) => void;
};

class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function createControlServer(parts: ControlParts): Server {
  return createServer((request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      const { status, problem } = problemOf(error);
      if (status === 500)
        parts.log(`the dock failed: ${error instanceof Error ? error.stack : String(error)}`);
      send(response, status, { problem });
    });
  });
}

function problemOf(error: unknown): { status: number; problem: string } {
  if (error instanceof Refused) return { status: error.status, problem: error.message };
  if (error instanceof z.ZodError) return { status: 400, problem: "not as expected" };
  return { status: 500, problem: "It failed; see the log of the fleet." };
}

async function answer(
  parts: ControlParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  refuseForeign(request);
  const url = new URL(request.url ?? "/", "http://dock.invalid");
  const page = PAGE_FILES[url.pathname as keyof typeof PAGE_FILES];
  if (request.method === "GET" && page !== undefined) {
    const text = await readFile(join(parts.folder, page.file));
    response.writeHead(200, { "content-type": page.type, "content-security-policy": POLICY });
    response.end(text);
    return;
  }
  send(response, 200, await dispatch(parts, request, url));
}

/** A page of somebody else, opened in the same browser, may send here what needs no permission (W-01); none of that is JSON. */
function refuseForeign({ headers, method }: IncomingMessage): void {
  const host = headers.host?.replace(/:\d+$/, "") ?? "";
  if (!["127.0.0.1", "localhost", "[::1]"].includes(host)) throw new Refused(403, "not for this host");
  const isJson = headers["content-type"]?.split(";")[0]?.trim() === "application/json";
  if (method === "POST" && !isJson) throw new Refused(415, "JSON only");
}

async function dispatch(parts: ControlParts, request: IncomingMessage, url: URL): Promise<unknown> {
  switch (`${request.method} ${url.pathname}`) {
    case "GET /api/faults":
      return FAULT_IDS.map(faultView);
    case "GET /api/state":
      return stateView(parts, url.searchParams.get("scanner"));
    case "POST /api/fire":
      return fire(parts, fireSchema.parse(await readJson(request)));
    case "POST /api/mend":
      return mend(parts, mendSchema.parse(await readJson(request)));
    case "GET /api/attacks":
      return attacksView(parts, url.searchParams);
    case "POST /api/attack":
      return attack(parts, attackSchema.parse(await readJson(request)));
    default:
      throw new Refused(404, "nothing is here");
  }
}

function faultView(id: (typeof FAULT_IDS)[number]) {
  const { title, sentence, headline, afterMs } = FAULTS[id];
  const { word, variant, chip } = headline;
  return { id, title, sentence, word, variant, chip, afterMs };
}

function stateView({ fleet }: ControlParts, scannerId: string | null) {
  const target = scannerId === null ? null : fleet.find(scannerId);
  return {
    ...fleet.counts,
    target:
      target === null
        ? null
        : {
            serial: target.serial,
            scannerId: target.scannerId,
            possible: FAULT_IDS.filter((id) => canHave(target.state, id)),
          },
    broken: fleet.broken,
  };
}

async function fire(
  { fleet, nowMs }: ControlParts,
  { fault, serial, scannerId }: z.infer<typeof fireSchema>,
) {
  const named = serial ?? (scannerId === undefined ? null : (fleet.find(scannerId)?.serial ?? scannerId));
  const fired = await fleet.fire(fault, named, nowMs());
  if ("problem" in fired) throw new Refused(409, PROBLEMS[fired.problem]);
  return { ...fired, title: FAULTS[fault].title };
}

async function mend({ fleet, nowMs }: ControlParts, order: z.infer<typeof mendSchema>) {
  const serials = "all" in order ? [...new Set(fleet.broken.map(({ serial }) => serial))] : [order.serial];
  const done = await Promise.all(serials.map((serial) => fleet.mend(serial, nowMs())));
  if (done.includes(null)) throw new Refused(409, PROBLEMS["unknown-scanner"]);
  return { mended: done };
}

async function attack(
  { attacks }: ControlParts,
  { script, scannerId }: z.infer<typeof attackSchema>,
): Promise<{ serial: string; scannerId: string }> {
  const begun = await attacks.begin(script, scannerId ?? null);
  if ("problem" in begun) throw new Refused(409, ATTACK_PROBLEMS[begun.problem]);
  return begun;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) throw new Refused(413, "too large");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    throw error instanceof SyntaxError ? new Refused(400, "not JSON") : error;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(body));
}
