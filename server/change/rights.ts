import type { Membership } from "#core/access/membership.ts";
import { maySetField } from "#core/access/permission.ts";
import type { Scope } from "#core/identity/identity.ts";
import type { Asked } from "./known.ts";
import type { ScannerToChange } from "./store.ts";

/**
 * Why this person may not ask this scanner for it; null: they may. Each right at the scanner's own place: a role over another site counts for
 * nothing here (P-09).
 */
export function notYours(
  memberships: readonly Membership[],
  { organisationId, regionId, siteId }: ScannerToChange,
  ask: Pick<Asked, "action" | "scannerIds">,
): "action-not-yours" | "one-scanner-at-a-time" | null {
  const place = { organisationId, regionId, siteId } as Scope;
  if (!maySetField(memberships, "change.request", ask.action, place)) return "action-not-yours";
  const several = ask.scannerIds.length > 1;
  return several && !maySetField(memberships, "change.request", "several", place)
    ? "one-scanner-at-a-time"
    : null;
}
