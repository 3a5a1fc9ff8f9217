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

/** The page along the bottom stands in a frame of our own pages, and loads nothing but its own files. */
export const DOCK_POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'";

/**
 * A page runs the scripts that carry this request's nonce and those they load, and shows up in nobody's frame (W-24). Style
 * attributes are data to a browser, not code, and they alone are allowed inline: what is rendered on the server carries some, namely the
 * gap below the fleet's rows in sight and the label that cmdk hides beside its field. React takes over what it finds and sets no style
 * again, so a browser that refused these would leave the list short and the label in sight.
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
