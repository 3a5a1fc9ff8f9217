import { errorCode, messageOf } from "#agent/link/durable.ts";

/**
 * Why there was no acknowledgement, in words a hospital's network team can act on. None of these says anything about the report:
 * it stays in the outbox.
 */
export const TROUBLES = {
  dns: "the server's name cannot be resolved",
  refused: "nothing listens at the server's address",
  unreachable: "there is no route to the server",
  timeout: "the server did not answer in time",
  closed: "the connection was closed before an answer came",
  "tls-untrusted": "the server's certificate is not signed by an authority this machine believes",
  "tls-name": "the server's certificate is for another name",
  "tls-expired": "the server's certificate is not valid at this machine's time",
  "tls-failed": "no secure connection could be made",
  "proxy-unreachable": "the proxy cannot be reached",
  "proxy-auth": "the proxy wants another user or password",
  "proxy-refused": "the proxy refuses to connect to the server",
  "not-the-server": "something answered, but not the server this scanner is enrolled with",
  "wrong-answer": "the server's signed answer is not one this version understands",
  overloaded: "something on the way is overloaded",
  failed: "the request failed",
} as const;
export type TroubleReason = keyof typeof TROUBLES;
export type Trouble = { reason: TroubleReason; detail: string };

const BY_CODE: Readonly<Record<string, TroubleReason>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ETIMEDOUT: "timeout",
  ECONNRESET: "closed",
  EPIPE: "closed",
  PROXY_UNREACHABLE: "proxy-unreachable",
  PROXY_AUTH: "proxy-auth",
  PROXY_REFUSED: "proxy-refused",
  PROXY_GARBAGE: "proxy-refused",
  ERR_TLS_CERT_ALTNAME_INVALID: "tls-name",
  CERT_HAS_EXPIRED: "tls-expired",
  CERT_NOT_YET_VALID: "tls-expired",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls-untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "tls-untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls-untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "tls-untrusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls-untrusted",
  CERT_UNTRUSTED: "tls-untrusted",
  CERT_REJECTED: "tls-untrusted",
};

/** The reason behind whatever Node threw. A name that was tried at several addresses carries the reasons in `errors`. */
export function troubleOf(error: unknown): Trouble {
  const first = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const code = errorCode(first);
  const detail = messageOf(first) || code;
  const known = BY_CODE[code];
  if (known !== undefined) return { reason: known, detail };
  if (code.startsWith("ERR_SSL") || code === "EPROTO") return { reason: "tls-failed", detail };
  return { reason: "failed", detail };
}
