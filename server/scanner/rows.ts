import type { Tx } from "#server/database/scoped.ts";
import type { Now } from "#server/report/situation.ts";
import { seeScanner } from "#server/scanner/fleet-row.ts";
import { shownScanners } from "#server/scanner/shown-store.ts";
import { releasesByToplevel } from "#server/scanner/store.ts";
import type { FleetRow } from "#server/scanner/view.ts";

/**
 * Scanners as the fleet table shows them, judged now, in the order of the ids; those out of the reader's scope, and those that nobody
 * approved, are left out. A fixed number of statements, however many rows; facts are not read.
 */
export async function fleetRows(tx: Tx, ids: readonly string[], now: Now): Promise<FleetRow[]> {
  if (ids.length === 0) return [];
  const scanners = await shownScanners(tx, ids);
  const names = new Map(
    scanners.flatMap(({ compared }) => (compared === null ? [] : [[compared.id, compared]])),
  );
  const byId = new Map(scanners.map((scanner) => [scanner.id, scanner]));
  return ids.flatMap((id) => {
    const scanner = byId.get(id);
    const known = scanner !== undefined && scanner.identity !== "pending" && scanner.identity !== "refused";
    return known ? [seeScanner(scanner, names, now).row] : [];
  });
}

/** For the past, which names what ran by the same releases. */
export { releasesByToplevel };
