import { REFUSALS, type RefusalCode } from "#core/protocol/acknowledgement.ts";

/**
 * The checks a message from a scanner passes, in this order, and the answer of each. The handler walks this order, the
 * documentation prints it, and the tests prove that every class of bad input is stopped by the check named here (Z-01 to Z-04):
 * nothing is parsed before its signature holds, and nothing is stored before all have passed.
 */
export const CHECKS = [
  { id: "method", code: "wrong-method", stops: "anything but POST" },
  {
    id: "content-type",
    code: "wrong-type",
    stops: "another media type, and any content encoding (gzip bombs)",
  },
  { id: "size", code: "too-large", stops: "a body over the endpoint's limit, counted while it is read" },
  { id: "time", code: "too-slow", stops: "a body that trickles in or breaks off" },
  {
    id: "headers",
    code: "wrong-headers",
    stops: "a key or signature header that is missing, doubled or not in its one spelling",
  },
  { id: "key", code: "unknown-key", stops: "a key that no scanner has, or that was revoked" },
  {
    id: "signature",
    code: "bad-signature",
    stops: "a changed byte, another key, a signature made for another endpoint",
  },
  { id: "json", code: "not-json", stops: "bytes that are not UTF-8 or not JSON" },
  {
    id: "complexity",
    code: "too-complex",
    stops:
      "nesting and key counts no honest message has, keys that reach for a prototype, text no database holds",
  },
  { id: "protocol", code: "wrong-protocol", stops: "a protocol version this server does not speak" },
  { id: "schema", code: "wrong-schema", stops: "a missing, extra, oversized or mistyped field" },
  {
    id: "scanner",
    code: "not-your-scanner",
    stops: "a key that belongs to another scanner than the body names",
  },
  { id: "identity-pending", code: "awaiting-approval", stops: "a scanner nobody has approved yet" },
  { id: "identity-refused", code: "refused-by-admin", stops: "a scanner that was refused at enrolment" },
  { id: "identity-locked", code: "locked-out", stops: "an identity that two machines have used" },
  { id: "identity-retired", code: "retired", stops: "a scanner that was taken out of the fleet" },
  {
    id: "order",
    code: "replayed-conflict",
    stops: "a replay, and a second message with a number already used",
  },
  { id: "asked", code: "not-asked-for", stops: "a path list for a closure this scanner never reported" },
  { id: "digest", code: "digest-mismatch", stops: "a path list that does not hash to its digest" },
  { id: "token", code: "token-unknown", stops: "an enrolment without a token this server gave out" },
  {
    id: "token-life",
    code: "token-expired",
    stops: "an enrolment token that is over 15 minutes old or revoked",
  },
  { id: "token-once", code: "token-used", stops: "the second machine that comes with one token" },
  { id: "serial", code: "serial-taken", stops: "a second scanner under one serial" },
  { id: "capacity", code: "busy", stops: "more messages at once than the server can hold" },
  { id: "database", code: "database-away", stops: "everything while nothing can be stored" },
] as const satisfies readonly { id: string; code: RefusalCode; stops: string }[];

export type CheckId = (typeof CHECKS)[number]["id"];

const BY_ID = new Map(CHECKS.map((check) => [check.id, check]));

/** Seconds after which asking again makes sense; codes that are not here do not get better by waiting. */
const RETRY_AFTER_S: Partial<Record<RefusalCode, number>> = {
  "awaiting-approval": 10,
  busy: 5,
  "database-away": 5,
  "too-slow": 5,
};

/** A message that was not accepted; `check` names what stopped it, `detail` may name a field, never a value. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly check: CheckId;
  readonly code: RefusalCode;
  readonly detail: string | null;

  constructor(check: CheckId, detail: string | null = null, cause?: unknown) {
    const entry = BY_ID.get(check);
    if (entry === undefined) throw new Error(`no check ${check}`);
    super(
      detail === null ? entry.code : `${entry.code}: ${detail}`,
      cause === undefined ? undefined : { cause },
    );
    this.check = check;
    this.code = entry.code;
    this.detail = detail;
  }

  get status(): number {
    return REFUSALS[this.code];
  }

  get retryAfterS(): number | undefined {
    return RETRY_AFTER_S[this.code];
  }
}
