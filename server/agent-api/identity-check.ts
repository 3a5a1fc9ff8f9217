import { type CheckId, Refused } from "#server/agent-api/checks.ts";
import type { Identity } from "#server/scanner/view.ts";

const IDENTITY_CHECK = {
  approved: null,
  pending: "identity-pending",
  refused: "identity-refused",
  "locked-out": "identity-locked",
  retired: "identity-retired",
} as const satisfies Record<Identity, CheckId | null>;

/** Refuses every identity but an approved one; asked on arrival, and again inside the transaction that stores. A word nobody knows is not approved. */
export function checkIdentity(identity: string): void {
  const check = Object.hasOwn(IDENTITY_CHECK, identity)
    ? IDENTITY_CHECK[identity as Identity]
    : "identity-pending";
  if (check !== null) throw new Refused(check);
}
