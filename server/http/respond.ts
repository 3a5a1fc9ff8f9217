import type { ServerResponse } from "node:http";
import { REFUSALS, type Refusal } from "#server/refusal.ts";
import { NO_CONTENT_POLICY } from "./security-headers.ts";

const STATUS = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_REQUEST: 400,
  PAYLOAD_TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  SERVICE_UNAVAILABLE: 503,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
} as const satisfies Record<(typeof REFUSALS)[keyof typeof REFUSALS], number>;

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  response.statusCode = status;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  response.setHeader("content-security-policy", NO_CONTENT_POLICY);
  response.end(JSON.stringify(body));
}

/** A refusal outside tRPC has the same two fields a client knows from inside it. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  const status = STATUS[REFUSALS[refusal.code]];
  if (status === 503 || status === 429) response.setHeader("retry-after", "5");
  sendJson(response, status, { refusal: refusal.view });
}
