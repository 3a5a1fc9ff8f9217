import { blockOf } from "#core/block/place.ts";
import { signatureText } from "#core/finding/signature.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import type { Tx } from "#server/database/scoped.ts";
import { comparedItems, type DatedItem } from "#server/scanner/compared.ts";
import { requireScanner } from "#server/scanner/page.ts";
import * as store from "#server/scanner/store.ts";
import type { ItemRow } from "#server/scanner/view.ts";

/** Every item of the expected state with what was read, findings first (EXP-3). Empty: there is nothing to compare with. */
export async function listItems(tx: Tx, scannerId: string, nowMs: number): Promise<ItemRow[]> {
  const scanner = await requireScanner(tx, scannerId);
  if (scanner.state === null) return [];
  const { items } = await comparedItems(tx, scanner, nowMs);
  const siblings = (await store.siblingFindings(tx, scanner)).map(
    ({ findings }) => new Set((findings as unknown as OpenFinding[]).map(signatureText)),
  );
  return items
    .map((one) => itemRow(one, siblings))
    .sort((a, b) => Number(b.finding !== null) - Number(a.finding !== null));
}

function itemRow(
  { item, reading, finding, sinceMs }: DatedItem,
  siblings: readonly ReadonlySet<string>[],
): ItemRow {
  const row = { item, block: blockOf(item), reading };
  if (finding === null || sinceMs === null)
    return { ...row, finding: null, sinceMs: null, siblingsAlike: null };
  const signature = signatureText(finding);
  const alike = siblings.filter((one) => one.has(signature)).length;
  return {
    ...row,
    finding: { ...finding, sinceMs },
    sinceMs,
    siblingsAlike: siblings.length === 0 ? null : { alike, of: siblings.length },
  };
}
