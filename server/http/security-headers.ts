import type { ServerResponse } from "node:http";

const YEAR_S = 365 * 24 * 60 * 60;

/** On every answer, whoever made it. */
export function setSecurityHeaders(response: ServerResponse, secure: boolean): void {
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("x-frame-options", "DENY");
  response.setHeader("referrer-policy", "same-origin");
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader(
    "permissions-policy",
    "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
  );
  // Over plain http a browser ignores it, and a server that later loses its certificate must stay reachable on loopback.
  if (secure) response.setHeader("strict-transport-security", `max-age=${YEAR_S}`);
}

/** What answers that are no pages may load: nothing. */
export const NO_CONTENT_POLICY =
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/**
 * A page runs the scripts that carry this request's nonce and those they load, and shows up in nobody's frame (W-24). Style
 * attributes are data to a browser, not code; React renders them on the server, so they alone are allowed inline.
 */
export function pagePolicy(nonce: string, development: boolean): string {
  // Next's development client compiles with eval and injects style elements.
  const script = development ? "'self' 'unsafe-eval' 'unsafe-inline'" : `'nonce-${nonce}' 'strict-dynamic'`;
  const style = development ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`;
  return [
    "default-src 'self'",
    `script-src ${script}`,
    `style-src ${style}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
