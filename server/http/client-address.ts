import type { IncomingMessage } from "node:http";

/**
 * Who is at the other end: the socket's own address. Only when that is a proxy the operator named is its X-Forwarded-For believed,
 * from the right, up to the first address that is no named proxy (B-02).
 */
export function clientAddress(request: IncomingMessage, trustedProxies: readonly string[]): string {
  const direct = bare(request.socket.remoteAddress ?? "unknown");
  if (!trustedProxies.includes(direct)) return direct;
  const header = request.headers["x-forwarded-for"];
  const hops = (Array.isArray(header) ? header.join(",") : (header ?? ""))
    .split(",")
    .map((one) => bare(one.trim()));
  return hops.findLast((hop) => hop !== "" && !trustedProxies.includes(hop)) ?? direct;
}

/** IPv4 as it is written, also where the socket is a dual one. */
const bare = (address: string) => address.replace(/^::ffff:/, "");
