import { compareIntact } from "#core/finding/compare.ts";
import type { Compared } from "#core/finding/finding.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import { manifestSchema } from "#core/manifest/item.ts";
import type { Tx } from "#server/database/scoped.ts";
import { findingKey } from "#server/report/conclude.ts";
import { factsOf } from "#server/scanner/page.ts";
import * as store from "#server/scanner/store.ts";

/** `sinceMs`: since when its finding is open; null where there is none. */
export type DatedItem = Compared & { sinceMs: number | null };

export type ItemsNow = {
  items: DatedItem[];
  /** Name of the release or baseline they were compared with; null: nothing is expected of this scanner. */
  releaseName: string | null;
};

/**
 * The newest facts item by item against the expected state they were judged by. A scanner that never reported is compared with its
 * pin, so that what is awaited of it can be named; every item of it is unseen.
 */
export async function comparedItems(
  tx: Tx,
  scanner: store.ScannerWithFacts,
  nowMs: number,
): Promise<ItemsNow> {
  const { state } = scanner;
  const releaseId = state === null ? scanner.pinnedReleaseId : state.comparedWithId;
  const release = releaseId === null ? null : await store.releaseById(tx, releaseId);
  const manifest = manifestSchema.safeParse(release?.manifest);
  if (release === null || !manifest.success) return { items: [], releaseName: null };
  const observedAgoMs = nowMs - confirmedAtMs(scanner, nowMs);
  const open = new Map(
    ((state?.findings ?? []) as unknown as OpenFinding[]).map((one) => [findingKey(one), one.sinceMs]),
  );
  const items = compareIntact(manifest.data, factsOf(scanner), { observedAgoMs }).map((one) => ({
    ...one,
    sinceMs: one.finding === null ? null : (open.get(findingKey(one.finding)) ?? nowMs),
  }));
  return { items, releaseName: release.name };
}

/** The scanner confirms unchanged facts with every heartbeat that carries their digest. */
function confirmedAtMs({ state, link }: store.ScannerWithFacts, nowMs: number): number {
  if (state === null) return nowMs;
  const observedMs = state.observedAt.getTime();
  if (link?.factsDigest !== state.factsDigest) return observedMs;
  return Math.max(observedMs, link.lastSeenAt?.getTime() ?? observedMs);
}
