import { compareIntact } from "#core/finding/compare.ts";
import type { Compared } from "#core/finding/finding.ts";
import { signatureText } from "#core/finding/signature.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import { manifestSchema } from "#core/manifest/item.ts";
import type { Tx } from "#server/database/scoped.ts";
import { findingKey } from "#server/report/conclude.ts";
import { factsOf, requireScanner } from "#server/scanner/page.ts";
import * as store from "#server/scanner/store.ts";
import type { ItemRow } from "#server/scanner/view.ts";

/** Every item of the expected state with what was read, findings first (EXP-3). Empty: there is nothing to compare with. */
export async function listItems(tx: Tx, scannerId: string, nowMs: number): Promise<ItemRow[]> {
  const scanner = await requireScanner(tx, scannerId);
  const { state } = scanner;
  const release = state?.comparedWithId == null ? null : await store.releaseById(tx, state.comparedWithId);
  const manifest = manifestSchema.safeParse(release?.manifest);
  if (state === null || !manifest.success) return [];
  const observedAgoMs = nowMs - confirmedAtMs(scanner, nowMs);
  const compared = compareIntact(manifest.data, factsOf(scanner), { observedAgoMs });
  const open = new Map(
    (state.findings as unknown as OpenFinding[]).map((finding) => [findingKey(finding), finding.sinceMs]),
  );
  const siblings = (await store.siblingFindings(tx, scanner)).map(
    ({ findings }) => new Set((findings as unknown as OpenFinding[]).map(signatureText)),
  );
  return compared
    .map((one) => itemRow(one, open, { siblings, nowMs }))
    .sort((a, b) => Number(b.finding !== null) - Number(a.finding !== null));
}

/** The scanner confirms unchanged facts with every heartbeat that carries their digest. */
function confirmedAtMs(scanner: store.ScannerWithFacts, nowMs: number): number {
  const { state, link } = scanner;
  if (state === null) return nowMs;
  const observedMs = state.observedAt.getTime();
  if (link?.factsDigest !== state.factsDigest) return observedMs;
  return Math.max(observedMs, link.lastSeenAt?.getTime() ?? observedMs);
}

function itemRow(
  { item, reading, finding }: Compared,
  open: ReadonlyMap<string, number>,
  { siblings, nowMs }: { siblings: readonly ReadonlySet<string>[]; nowMs: number },
): ItemRow {
  if (finding === null) return { item, reading, finding: null, sinceMs: null, siblingsAlike: null };
  const sinceMs = open.get(findingKey(finding)) ?? nowMs;
  const alike = siblings.filter((one) => one.has(signatureText(finding))).length;
  return {
    item,
    reading,
    finding: { ...finding, sinceMs },
    sinceMs,
    siblingsAlike: siblings.length === 0 ? null : { alike, of: siblings.length },
  };
}
