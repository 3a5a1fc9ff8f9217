import type { Facts } from "#core/report/report.ts";
import type { Tx } from "#server/database/scoped.ts";
import { compareNow, findingChanges, type Judged, judge } from "#server/report/believe.ts";
import { changeFindings, turnHeadlines } from "#server/report/history-store.ts";
import { lockScannerWithFacts, lockToCompare } from "#server/report/reads-store.ts";
import { knownReleases, readManifests } from "#server/report/releases.ts";
import type { ScannerWithFacts } from "#server/report/scanner-rows-store.ts";
import type { Now } from "#server/report/situation.ts";
import { updateStates } from "#server/report/store.ts";
import { beliefColumns, linkStateOf } from "#server/report/stored-beliefs.ts";

/** Locks a scanner for the rest of the transaction, with its newest state; null: not there, or not in this transaction's scope. */
export function lockForChange(tx: Tx, scannerId: string): Promise<ScannerWithFacts | null> {
  return lockScannerWithFacts(tx, scannerId);
}
export type { ScannerWithFacts } from "#server/report/scanner-rows-store.ts";

export async function reconclude(tx: Tx, scannerId: string, now: Now): Promise<Judged | null> {
  return (await reconcludeAll(tx, [scannerId], now)).get(scannerId) ?? null;
}

/**
 * Compares the newest facts of scanners again, because what is expected has changed and not the facts: a baseline was adopted, a pin
 * moved. New findings begin now; findings that stay keep their since. As many statements for a hundred scanners as for one; they stay
 * locked until the transaction ends, so a fleet is compared in slices. Who never reported is left out.
 */
export async function reconcludeAll(
  tx: Tx,
  scannerIds: readonly string[],
  now: Now,
): Promise<Map<string, Judged>> {
  const reads = await lockToCompare(tx, scannerIds);
  const manifests = await readManifests(
    tx,
    reads.flatMap(({ releases }) => releases),
  );
  const again = reads.flatMap(({ scanner, openFindings, releases }) => {
    const { state } = scanner;
    if (state === null) return [];
    const { beliefs, basis } = compareNow(scanner, knownReleases(releases, manifests, scanner.id), {
      facts: state.facts as Facts,
      atMs: now.nowMs,
      observedAgoMs: now.nowMs - state.observedAt.getTime(),
      skewMs: state.skewMs,
    });
    const believed = { beliefs, link: linkStateOf(scanner.link, state) };
    const { columns, turn, ...judged } = judge(scanner, believed, now);
    const comparedWithId = basis.release?.releaseId ?? null;
    return {
      judged,
      turn,
      findings: findingChanges(scanner, openFindings, beliefs.findings, now.nowMs),
      row: { scannerId: scanner.id, ...beliefColumns(beliefs), ...columns, comparedWithId },
    };
  });
  await changeFindings(
    tx,
    again.flatMap(({ findings }) => findings),
  );
  await turnHeadlines(
    tx,
    again.flatMap(({ turn }) => turn),
  );
  await updateStates(
    tx,
    again.map(({ row }) => row),
  );
  return new Map(again.map(({ row, judged }) => [row.scannerId, judged]));
}
