import type { IncomingMessage } from "node:http";

/** Headers that change meaning inside Next, tRPC or better-auth and that no client of ours sends; dropped before anybody reads them. */
const DROPPED = [
  "x-middleware-subrequest",
  "x-middleware-rewrite",
  "x-middleware-prefetch",
  "x-nonce",
  "content-security-policy",
  "x-http-method-override",
  "x-original-url",
  "x-rewrite-url",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-port",
  "forwarded",
  "fiducial-address",
];

export function dropForeignHeaders(request: IncomingMessage): void {
  for (const name of DROPPED) delete request.headers[name];
}

/**
 * A target like `GET http://elsewhere/` is meant for a proxy; some frameworks fetch it (W-04). Doubled slashes, dot segments and
 * encoded slashes make one path look like another (B-03). Null: the path as it stands, without the query.
 */
export function plainPath(url: string | undefined): string | null {
  const path = (url ?? "").split(/[?#]/, 1)[0] ?? "";
  if (!path.startsWith("/") || path.startsWith("//")) return null;
  if (/\/\/|\\|%2f|%5c|%00|\/\.{1,2}(\/|$)|%2e/i.test(path)) return null;
  return path;
}

const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/**
 * Whether a browser sent this on behalf of another site (B-07). A changing request must name one of our origins, or come from a
 * client that is no browser and so sends neither header; a reading one must not be cross-site.
 */
export function foreignOrigin(request: IncomingMessage, origins: readonly string[]): boolean {
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  if (origin !== undefined) return !origins.includes(origin);
  const changes = !SAFE_METHODS.includes(request.method ?? "");
  return site !== undefined && (changes ? site !== "same-origin" : site === "cross-site");
}

/** tRPC's calls are JSON; a form or plain text is what a foreign page can send without asking first. */
export function wrongMediaType(request: IncomingMessage): boolean {
  if (request.method !== "POST") return false;
  return !/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "");
}
