/**
 * The one error class of the server's edges. A refusal is an answer we chose to give: it has a code, parameters for the
 * sentence the reader's language makes of it (catalogue key `refusal.<code>`), and nothing else leaves the process (W-22).
 * Whatever is thrown and is not a refusal is a bug; its reader gets a request id and no detail.
 */
export const REFUSALS = {
  "not-signed-in": "UNAUTHORIZED",
  "not-allowed": "FORBIDDEN",
  "foreign-origin": "FORBIDDEN",
  "not-found": "NOT_FOUND",
  "wrong-input": "BAD_REQUEST",
  "wrong-request": "BAD_REQUEST",
  "too-large": "PAYLOAD_TOO_LARGE",
  "too-many-requests": "TOO_MANY_REQUESTS",
  "database-away": "SERVICE_UNAVAILABLE",

  "setup-done": "CONFLICT",
  "unknown-time-zone": "BAD_REQUEST",
  "password-too-short": "BAD_REQUEST",
  "password-too-long": "BAD_REQUEST",

  "email-taken": "CONFLICT",
  "own-account": "PRECONDITION_FAILED",
  "already-deactivated": "CONFLICT",
  "person-outside-scope": "FORBIDDEN",
  "scope-outside-yours": "FORBIDDEN",
  "scope-does-not-fit-role": "BAD_REQUEST",
  "already-invited": "CONFLICT",
  "invitation-not-open": "CONFLICT",

  "link-unknown": "NOT_FOUND",
  "link-expired": "PRECONDITION_FAILED",
  "link-used": "PRECONDITION_FAILED",
  "link-revoked": "PRECONDITION_FAILED",

  "site-name-taken": "CONFLICT",
  "nothing-to-change": "BAD_REQUEST",
  "region-name-taken": "CONFLICT",
  "region-not-empty": "PRECONDITION_FAILED",
  "site-closed": "PRECONDITION_FAILED",
  "site-open": "CONFLICT",
  "site-not-empty": "PRECONDITION_FAILED",

  "hardware-differs": "CONFLICT",
  "sheet-too-large": "PAYLOAD_TOO_LARGE",
  "sheet-too-long": "PAYLOAD_TOO_LARGE",
  "sheet-has-problems": "PRECONDITION_FAILED",
  "sheet-moved-on": "CONFLICT",

  "scanner-retired": "PRECONDITION_FAILED",
  "serial-differs": "PRECONDITION_FAILED",
  "too-many-tags": "BAD_REQUEST",
  "maintenance-end-out-of-range": "BAD_REQUEST",
  "not-in-maintenance": "CONFLICT",

  "view-name-taken": "CONFLICT",
  "view-not-yours": "PRECONDITION_FAILED",
  "view-not-shared-by-you": "PRECONDITION_FAILED",
  "too-many-views": "PRECONDITION_FAILED",

  "token-not-open": "CONFLICT",
  "fingerprint-differs": "PRECONDITION_FAILED",
  "not-pending": "CONFLICT",
  "not-locked-out": "CONFLICT",
  "serial-taken": "CONFLICT",

  "facts-moved-on": "CONFLICT",
  "nothing-observed": "PRECONDITION_FAILED",
  "unknown-item": "BAD_REQUEST",
  "nothing-counts": "BAD_REQUEST",
  "not-approved": "PRECONDITION_FAILED",

  "release-unknown": "NOT_FOUND",
  "release-not-for-it": "PRECONDITION_FAILED",
  "action-not-yours": "FORBIDDEN",
  "one-scanner-at-a-time": "FORBIDDEN",
  "request-key-used": "CONFLICT",
  "change-open": "CONFLICT",
  "change-against": "PRECONDITION_FAILED",
  "change-not-open": "CONFLICT",
  "change-armed": "CONFLICT",
  "change-time-out-of-range": "BAD_REQUEST",
  "carry-cancelled": "CONFLICT",
  "carry-begun": "CONFLICT",
  "carry-too-late": "CONFLICT",
  "carry-under-way": "CONFLICT",
  "carry-lasts-already": "CONFLICT",
  "carry-time-out-of-range": "BAD_REQUEST",
  "not-held-by-it": "CONFLICT",
  "not-blocked-by-it": "CONFLICT",
  "lift-asked-already": "CONFLICT",
  "lift-not-asked": "CONFLICT",
  "lift-needs-another-person": "PRECONDITION_FAILED",
  "pardon-under-way": "CONFLICT",
} as const;

export type ServerRefusalCode = keyof typeof REFUSALS;
export type RefusalParams = Readonly<Record<string, string | number>>;

/** What a client reads of a refusal: `data.refusal` of a tRPC error. */
export type RefusalView = { code: ServerRefusalCode; params: RefusalParams };

export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: ServerRefusalCode;
  readonly params: RefusalParams;

  constructor(code: ServerRefusalCode, params: RefusalParams = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.params = params;
  }

  get view(): RefusalView {
    return { code: this.code, params: this.params };
  }
}

/** Follows `cause` down: tRPC, Prisma and better-auth each wrap what a resolver threw. Null: a bug, not a refusal. */
export function refusalIn(error: unknown): Refusal | null {
  let at = error;
  for (let depth = 0; depth < 8 && at instanceof Error; depth += 1) {
    if (at instanceof Refusal) return at;
    at = at.cause;
  }
  return null;
}
