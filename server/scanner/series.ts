import type { Tx } from "#server/database/scoped.ts";
import { requireScanner } from "#server/scanner/page.ts";
import { readSeries } from "#server/series/service.ts";
import type { Series } from "#server/series/view.ts";

/** EXP-9: readings of numeric items of one scanner; an item without any has no points. */
export async function scannerSeries(
  tx: Tx,
  ask: { scannerId: string; itemIds: readonly string[]; fromMs: number; toMs: number },
): Promise<Series> {
  await requireScanner(tx, ask.scannerId);
  return await readSeries(tx, ask);
}
