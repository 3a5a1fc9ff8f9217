/**
 * How every agent message is signed: the raw body, Ed25519 over the DSSE pre-authentication encoding of
 * (type, body) (DSSE v1, https://github.com/secure-systems-lab/dsse/blob/master/protocol.md). The bytes that were
 * signed are the bytes that are verified; nothing is parsed before the signature holds (T-13, Z-06).
 */
export const PROTOCOL = 1;

export const KEY_HEADER = "fiducial-key";
export const SIGNATURE_HEADER = "fiducial-sig";
/**
 * `1`: the report came by hand and not from the scanner (docs/bundles.md). It says nothing that a scanner's signature would have to cover:
 * whoever adds it can only keep a scanner from counting as heard, which who stands between can do by silence, too.
 */
export const CARRIED_HEADER = "fiducial-carried";

/** One DSSE payload type per endpoint, so a signed heartbeat can never be replayed as a report (splice attack). */
export const PAYLOAD_TYPES = {
  enroll: "application/vnd.fiducial.enroll.v1+json",
  report: "application/vnd.fiducial.report.v1+json",
  heartbeat: "application/vnd.fiducial.heartbeat.v1+json",
  closure: "application/vnd.fiducial.closure.v1+json",
} as const;

export type Endpoint = keyof typeof PAYLOAD_TYPES;

/** Largest body in bytes the server reads per endpoint; over it the answer is 413 before a signature is looked at. */
export const BODY_LIMIT_BYTES = {
  enroll: 16 * 1024,
  report: 256 * 1024,
  heartbeat: 4 * 1024,
  closure: 4 * 1024 * 1024,
} as const satisfies Record<Endpoint, number>;

/** What an agent aims to stay under for a full report; the server's hard limit is BODY_LIMIT_BYTES.report. */
export const REPORT_TARGET_BYTES = 64 * 1024;

/** DSSE PAE: `DSSEv1 <len type> <type> <len body> <body>`, lengths in bytes, decimal ASCII. */
export function preAuthEncoding(type: string, body: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const typeBytes = encoder.encode(type);
  const head = encoder.encode(`DSSEv1 ${typeBytes.length} ${type} ${body.length} `);
  const out = new Uint8Array(head.length + body.length);
  out.set(head, 0);
  out.set(body, head.length);
  return out;
}

/**
 * Answers are signed too: Ed25519 by the server's identity key over PAE(ANSWER_TYPE, `<request signature>\n<body>`), in the
 * header below. The scanner pins that key at enrolment by the fingerprint its operator typed, so neither a captive portal nor
 * an inspecting proxy can acknowledge a report that the server never stored (M-01, M-04).
 */
export const ANSWER_TYPE = "application/vnd.fiducial.answer.v1+json";
export const ANSWER_SIGNATURE_HEADER = "fiducial-server-sig";
/** Raw public key of the server, base64; sent with the enrolment answer only, believed only if its fingerprint matches. */
export const SERVER_KEY_HEADER = "fiducial-server-key";

export function answerBytes(requestSignature: string, body: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`${requestSignature}\n`);
  const payload = new Uint8Array(head.length + body.length);
  payload.set(head, 0);
  payload.set(body, head.length);
  return preAuthEncoding(ANSWER_TYPE, payload);
}

/** How people read a key: SHA-256 of the raw public key (hex), its first 32 digits in groups of four. Both ends show the same. */
export function fingerprintText(sha256Hex: string): string {
  return (sha256Hex.slice(0, 32).match(/.{4}/g) ?? []).join(" ");
}
