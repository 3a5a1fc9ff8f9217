import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** What keeps other pages in the same browser out (docs/decisions/0024). Each check names its attack. */
export type Guard = { secret: Buffer; hosts: readonly string[] };

const COOKIE = "fiducial-page";
const COOKIE_FORM = /^[A-Za-z0-9_-]{22}$/;

/** DNS rebinding: a foreign name that points here is no name of this page. */
export function isOwnHost({ hosts }: Guard, host: string | undefined): boolean {
  return host !== undefined && hosts.includes(host.toLowerCase());
}

/** Cross-site request forgery: a form of another origin says so, and knows no token. */
export function isOwnForm(
  guard: Guard,
  headers: IncomingHttpHeaders,
  sent: { visitor: string | null; token: string },
): boolean {
  const { origin } = headers;
  const site = headers["sec-fetch-site"];
  if (origin !== undefined && !guard.hosts.some((host) => origin === `http://${host}`)) return false;
  if (site !== undefined && site !== "same-origin") return false;
  if (sent.visitor === null) return false;
  const expected = Buffer.from(tokenOf(guard, sent.visitor));
  const given = Buffer.from(sent.token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export function tokenOf({ secret }: Guard, visitor: string): string {
  return createHmac("sha256", secret).update(visitor).digest("base64url");
}

/** The cookie of this browser; null: none yet, or none of ours. */
export function visitorOf(cookies: string | undefined): string | null {
  const found = cookieOf(cookies, COOKIE);
  return found !== null && COOKIE_FORM.test(found) ? found : null;
}

export function cookieOf(cookies: string | undefined, name: string): string | null {
  for (const one of (cookies ?? "").slice(0, 4096).split(";")) {
    const [key, value] = one.trim().split("=");
    if (key === name && value !== undefined) return value;
  }
  return null;
}

export function newVisitor(): { visitor: string; cookie: string } {
  const visitor = randomBytes(16).toString("base64url");
  return { visitor, cookie: `${COOKIE}=${visitor}; Path=/; HttpOnly; SameSite=Strict` };
}

/** Nothing from elsewhere, no frames, nothing kept: what this page shows is of this moment. */
export const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "cache-control": "no-store",
} as const;
