import { type Facts, parseReport } from "#core/report/report.ts";
import type { Tx } from "#server/database/scoped.ts";
import { reportAt } from "#server/report/store.ts";
import type { Sequence } from "#server/scanner/view.ts";

/** Facts of one stored report; null: never stored, or past the thirty days raw reports are kept. */
export async function factsAt(tx: Tx, scannerId: string, place: Sequence): Promise<Facts | null> {
  const stored = await reportAt(tx, scannerId, place);
  if (stored === null) return null;
  const parsed = parseReport(JSON.parse(Buffer.from(stored.body).toString("utf8")));
  return parsed.ok ? parsed.report.facts : null;
}
