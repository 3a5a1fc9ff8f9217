import type { IncomingMessage } from "node:http";
import {
  CARRIED_HEADER,
  type Endpoint,
  KEY_HEADER,
  PAYLOAD_TYPES,
  SIGNATURE_HEADER,
} from "#core/protocol/envelope.ts";
import { Refused } from "#server/agent-api/checks.ts";

export type SignedHeaders = { keyId: string; signature: string };

const KEY_ID = /^[0-9a-f]{64}$/;
/** 64 bytes in base64 have one spelling: 85 free digits, one that carries two bits, two pads. Others would be a second signature of the same message. */
const SIGNATURE = /^[A-Za-z0-9+/]{85}[AQgw]==$/;

/** Signature as it came, for the answer; "" where there is none worth repeating. */
export function requestSignature(request: IncomingMessage): string {
  const value = request.headers[SIGNATURE_HEADER];
  return typeof value === "string" && SIGNATURE.test(value) ? value : "";
}

/** Exactly one of each, in its one spelling. Node joins doubled headers with ", ", which neither grammar allows. */
export function signedHeaders(request: IncomingMessage): SignedHeaders {
  const keyId = request.headers[KEY_HEADER];
  const signature = request.headers[SIGNATURE_HEADER];
  if (typeof keyId !== "string" || !KEY_ID.test(keyId)) throw new Refused("headers", KEY_HEADER);
  if (typeof signature !== "string" || !SIGNATURE.test(signature))
    throw new Refused("headers", SIGNATURE_HEADER);
  return { keyId, signature };
}

/** It did not come from the scanner itself. */
export function isCarried(request: IncomingMessage): boolean {
  return request.headers[CARRIED_HEADER] === "1";
}

/** The endpoint's own payload type or plain JSON, uncompressed. */
export function checkContentType(request: IncomingMessage, endpoint: Endpoint): void {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity")
    throw new Refused("content-type", "content-encoding");
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json" && type !== PAYLOAD_TYPES[endpoint])
    throw new Refused("content-type", "content-type");
}
