import { type FleetFilter, readFleetQuery } from "#core/fleet/filter.ts";
import type { PackedOrder } from "#core/fleet/order.ts";
import { HEADLINES } from "#core/headline/axes.ts";
import type { Tx } from "#server/database/scoped.ts";
import * as fleetStore from "#server/scanner/fleet-store.ts";
import { fleetRows } from "#server/scanner/rows.ts";
import * as store from "#server/scanner/store.ts";
import type { Fleet, FleetCounts, FleetRow } from "#server/scanner/view.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";

/** Of one page of the table. */
export const PAGE_ROWS = 100;

export type FleetAsk = { query: string; offset: number; limit: number };

/**
 * One page of the fleet in the order the query asks for, most severe first by itself. Stored headlines filter and sort; what a row
 * shows is judged now.
 */
export async function listFleet(tx: Tx, ask: FleetAsk, nowMs: number): Promise<Fleet> {
  const query = await queryOf(tx, ask.query, nowMs);
  const { counts, ids } = await fleetStore.fleetPage(tx, query, ask);
  const summed = summedUp(counts, query.filter);
  const rows = await fleetRows(tx, ids, query.now);
  return { ...summed, rows, offset: ask.offset, asOfMs: nowMs, pending: await store.pendingCount(tx) };
}

/** The legend alone, for a page whose rows are already there. */
export async function countFleet(tx: Tx, query: string, nowMs: number): Promise<FleetCounts> {
  const asked = await queryOf(tx, query, nowMs);
  const counts = await fleetStore.fleetCounts(tx, asked);
  return { ...summedUp(counts, asked.filter), asOfMs: nowMs, pending: await store.pendingCount(tx) };
}

/** The whole order, packed: the table keeps its places while what stands in them changes. */
export async function orderFleet(
  tx: Tx,
  query: string,
  nowMs: number,
): Promise<PackedOrder & { asOfMs: number }> {
  return { ...(await fleetStore.fleetOrder(tx, await queryOf(tx, query, nowMs))), asOfMs: nowMs };
}

export async function queryOf(tx: Tx, query: string, nowMs: number): Promise<fleetStore.FleetQuery> {
  return {
    filter: readFleetQuery(query),
    now: { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) },
  };
}

/** Rows in the order of the ids; ids of nobody, or out of sight, are left out. */
export async function rowsById(
  tx: Tx,
  ids: readonly string[],
  nowMs: number,
): Promise<{ rows: FleetRow[]; asOfMs: number }> {
  const now = { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) };
  return { rows: await fleetRows(tx, ids, now), asOfMs: nowMs };
}

type Summed = Pick<FleetCounts, "counts" | "total" | "pinned" | "onPin">;

function summedUp(rows: readonly fleetStore.HeadlineCount[], filter: FleetFilter): Summed {
  const words = [...HEADLINES, "tripped"].map((word) => [word, 0]);
  const counts = Object.fromEntries(words) as FleetCounts["counts"];
  const summed: Summed = { counts, total: 0, pinned: 0, onPin: 0 };
  for (const { word, tripped, count, pinned, onPin } of rows) {
    counts[word] += count;
    if (tripped && word === "unsafe") counts.tripped += count;
    if (isAsked(filter, word, tripped)) summed.total += count;
    if (word === "retired") continue;
    summed.pinned += pinned;
    summed.onPin += onPin;
  }
  return summed;
}

/** As headlineWhere says it in SQL. */
function isAsked(
  { headline }: FleetFilter,
  word: fleetStore.HeadlineCount["word"],
  tripped: boolean,
): boolean {
  if (headline.length === 0) return word !== "retired";
  return headline.includes(word) || (tripped && word === "unsafe" && headline.includes("tripped"));
}
