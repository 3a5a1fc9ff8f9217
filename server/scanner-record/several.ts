import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Act, AuditRow, Tx } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import * as store from "./store.ts";

/** As many as a person marks at once in the fleet table. */
export const MOST_AT_ONCE = 500;

/**
 * All of them or none: an act on many scanners that left out a few in silence would be believed to have met them all.
 * @throws Refusal `not-found` when one is missing, foreign or not approved yet; `scanner-retired` when one is retired
 */
export async function requireScanners(
  tx: Tx,
  scannerIds: readonly ScannerId[],
): Promise<store.RecordedScanner[]> {
  const scanners = await lockMovable(tx, scannerIds);
  const retired = scanners.find(({ identity }) => identity === "retired");
  if (retired !== undefined) throw new Refusal("scanner-retired", { serial: retired.serial });
  return scanners;
}

/** The same for what may be done with a retired scanner too. */
export async function lockMovable(
  tx: Tx,
  scannerIds: readonly ScannerId[],
): Promise<store.RecordedScanner[]> {
  const scanners = await store.lockScanners(tx, scannerIds);
  if (scanners.length !== new Set(scannerIds).size) throw new Refusal("not-found");
  return scanners;
}

/** One row of the log per scanner, in the chain of its site, and the nudge to whoever may see it. */
export async function tellOf(
  act: Act,
  changes: readonly { scanner: store.RecordedScanner; row: Pick<AuditRow, "action" | "body"> }[],
): Promise<void> {
  await act.auditEach(
    changes.map(({ scanner, row }) => ({
      siteId: scanner.siteId as SiteId,
      action: row.action,
      body: { scannerId: scanner.id, serial: scanner.serial, ...row.body },
    })),
  );
  for (const [siteId, ids] of groupBySite(changes)) act.scannersChanged(ids, siteId);
}

function groupBySite(changes: readonly { scanner: store.RecordedScanner }[]): Map<SiteId, ScannerId[]> {
  const bySite = new Map<SiteId, ScannerId[]>();
  for (const { scanner } of changes) {
    const siteId = scanner.siteId as SiteId;
    bySite.set(siteId, [...(bySite.get(siteId) ?? []), scanner.id as ScannerId]);
  }
  return bySite;
}
