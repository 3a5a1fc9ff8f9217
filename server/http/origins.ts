import { isLoopback, type ServerEnv } from "#server/env.ts";

type Where = Pick<ServerEnv, "host" | "tls" | "publicUrl">;

/**
 * The origins under which browsers reach this server; a request that changes something must come from one of them. The first is
 * the one written into links and enrolment commands: configured, never taken from a Host header (B-13).
 */
export function ownOrigins(env: Where, port: number): [string, ...string[]] {
  const scheme = env.tls === null ? "http" : "https";
  const listening = `${scheme}://${env.host.includes(":") ? `[${env.host}]` : env.host}:${port}`;
  const loopback = isLoopback(env.host)
    ? ["localhost", "127.0.0.1", "[::1]"].map((host) => `${scheme}://${host}:${port}`)
    : [];
  return [...new Set([env.publicUrl ?? listening, listening, ...loopback])] as [string, ...string[]];
}
