import type { Facts } from "#core/report/report.ts";
import type { Tx } from "#server/database/scoped.ts";
import { compareNow, type Judged, judgeHeadline, recordFindings, rootedAt } from "#server/report/believe.ts";
import type { Now } from "#server/report/situation.ts";
import * as store from "#server/report/store.ts";
import { beliefColumns, linkStateOf } from "#server/report/stored-beliefs.ts";

/** Locks a scanner for the rest of the transaction, with its newest state; null: not there, or not in this transaction's scope. */
export function lockForChange(tx: Tx, scannerId: string): Promise<store.LockedScanner | null> {
  return store.lockScanner(tx, scannerId);
}
export type { LockedScanner } from "#server/report/store.ts";

/**
 * Compares the newest facts again, because what is expected has changed and not the facts: a baseline was adopted, a pin moved.
 * New findings begin now; findings that stay keep their since.
 */
export async function reconclude(tx: Tx, scannerId: string, now: Now): Promise<Judged | null> {
  const scanner = await store.lockScanner(tx, scannerId);
  if (scanner === null || scanner.state === null) return null;
  const { state } = scanner;
  const seen = {
    facts: state.facts as Facts,
    atMs: now.nowMs,
    observedAgoMs: now.nowMs - state.observedAt.getTime(),
    skewMs: state.skewMs,
  };
  const { beliefs, basis } = await compareNow(tx, scanner, seen);
  await recordFindings(tx, rootedAt(scanner), beliefs.findings, now.nowMs);
  const believed = { beliefs, link: linkStateOf(scanner.link, state) };
  const { columns, ...judged } = await judgeHeadline(tx, scanner, believed, now);
  const comparedWithId = basis.release?.releaseId ?? null;
  await store.updateState(tx, scannerId, { ...beliefColumns(beliefs), ...columns, comparedWithId });
  return judged;
}
