import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  cookieOf,
  type Guard,
  HEADERS,
  isOwnForm,
  isOwnHost,
  newVisitor,
  tokenOf,
  visitorOf,
} from "#agent/page/guard.ts";
import {
  PAGES,
  type PagePath,
  type Shown,
  type Site,
  showForm,
  showOverview,
  showStale,
  takeForm,
} from "#agent/page/site.ts";
import { SCRIPT, STYLE } from "#agent/page/style.ts";
import { localeOf, wordsIn } from "#agent/page/words.ts";

/** A form with the longest text that is taken, percent-encoded. */
const BODY_LIMIT_BYTES = 32 * 1024;
const URL_LIMIT = 2_048;
/** Somebody in front of the scanner; whoever opens more is nobody of them. */
const MOST_CONNECTIONS = 32;
const LANGUAGE = "fiducial-language";

const FILES: Readonly<Record<string, { type: string; text: string }>> = {
  "/style.css": { type: "text/css; charset=utf-8", text: STYLE },
  "/live.js": { type: "text/javascript; charset=utf-8", text: SCRIPT },
};

/** Plain HTTP on the loopback, or what the configuration names: no names are resolved and nothing is fetched. */
export function pageServer(site: Site, guard: Guard): Server {
  const server = createServer({ maxHeaderSize: 8 * 1024, requestTimeout: 10_000 }, (request, response) => {
    answer(site, guard, request, response).catch((error: unknown) => {
      process.stderr.write(`fiducial-page: ${String(error)}\n`);
      if (!response.headersSent) send(response, 500, "text/plain; charset=utf-8", "");
      else response.destroy();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

async function answer(
  site: Site,
  guard: Guard,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const plain = (status: number) => send(response, status, "text/plain; charset=utf-8", "");
  if (!isOwnHost(guard, request.headers.host)) return plain(421);
  if ((request.url ?? "").length > URL_LIMIT || !request.url?.startsWith("/")) return plain(400);
  const url = new URL(request.url, "http://scanner.invalid");
  const file = Object.hasOwn(FILES, url.pathname) ? FILES[url.pathname] : undefined;
  const path = PAGES.find((one) => one === url.pathname);
  if (request.method === "POST")
    return path === undefined ? plain(404) : await post({ site, guard }, path, request, response);
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405);
  if (file !== undefined) return send(response, 200, file.type, file.text);
  if (path === undefined && url.pathname !== "/") return plain(404);
  const chosen = url.searchParams.get("lang");
  if (chosen !== null)
    response.appendHeader(
      "set-cookie",
      `${LANGUAGE}=${localeOf(chosen, undefined)}; Path=/; SameSite=Strict`,
    );
  const visit = { ...visited(guard, request, response, chosen), query: url.searchParams };
  show(response, path === undefined ? await showOverview(site, visit) : await showForm(site, path, visit));
}

async function post(
  { site, guard }: { site: Site; guard: Guard },
  path: PagePath,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { cookie } = request.headers;
  const body = await readBody(request);
  if (body === null) return send(response, 413, "text/plain; charset=utf-8", "");
  const query = new URLSearchParams(body);
  const own = isOwnForm(guard, request.headers, {
    visitor: visitorOf(cookie),
    token: query.get("token") ?? "",
  });
  const visit = { ...visited(guard, request, response, null), query };
  show(response, own ? await takeForm(site, path, visit) : await showStale(site, path, visit));
}

function visited(guard: Guard, request: IncomingMessage, response: ServerResponse, chosen: string | null) {
  const { cookie } = request.headers;
  let visitor = visitorOf(cookie);
  if (visitor === null) {
    const made = newVisitor();
    response.appendHeader("set-cookie", made.cookie);
    visitor = made.visitor;
  }
  const locale = localeOf(chosen ?? cookieOf(cookie, LANGUAGE), request.headers["accept-language"]);
  return { words: wordsIn(locale), token: tokenOf(guard, visitor) };
}

/** Null: longer than any form of ours. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > BODY_LIMIT_BYTES) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function show(response: ServerResponse, shown: Shown): void {
  if ("redirect" in shown) {
    response.writeHead(303, { ...HEADERS, location: shown.redirect });
    response.end();
    return;
  }
  send(response, shown.status, "text/html; charset=utf-8", shown.body);
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  // A body that was not read to its end must not be taken for the next request.
  if (status === 413) response.shouldKeepAlive = false;
  response.writeHead(status, { ...HEADERS, "content-type": type });
  response.end(text);
}
