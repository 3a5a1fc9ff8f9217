import type { Compared } from "#core/finding/finding.ts";
import { numericReadings, SERIES_KEPT_MS, SERIES_STEP_MS } from "#core/finding/numeric.ts";
import type { Database } from "#server/database/connect.ts";
import type { Tx } from "#server/database/scoped.ts";
import * as store from "#server/series/store.ts";
import type { Series } from "#server/series/view.ts";

/**
 * Keeps the numbers of one report beside its findings (EXP-9). A message that came late is left out: the rows hold the last value of
 * their five minutes, and what is older than what is known is not the last of anything.
 */
export async function recordReadings(
  tx: Tx,
  owner: store.SeriesOwner,
  compared: readonly Compared[],
  atMs: number,
): Promise<void> {
  const readings = numericReadings(compared);
  if (readings.length === 0) return;
  const at = new Date(Math.floor(atMs / SERIES_STEP_MS) * SERIES_STEP_MS);
  await store.addReadings(tx, owner, at, readings);
}

/** More points than this no small drawing can show. */
const MOST_POINTS = 120;

/** Readings of some items in a time, at most 120 points each: five minutes a point, or as many as it takes. */
export async function readSeries(tx: Tx, ask: store.SeriesAsk): Promise<Series> {
  const steps = Math.max(1, Math.ceil((ask.toMs - ask.fromMs) / SERIES_STEP_MS / MOST_POINTS));
  const stepMs = steps * SERIES_STEP_MS;
  const points = await store.readPoints(tx, ask, stepMs);
  return {
    fromMs: ask.fromMs,
    toMs: ask.toMs,
    stepMs,
    items: ask.itemIds.map((itemId) => ({
      itemId,
      points: points
        .filter((point) => point.itemId === itemId)
        .map(({ atMs, min, max, last }) => ({ atMs, min, max, last })),
    })),
  };
}

/** What is older than 90 days goes. @returns how many rows went */
export async function dropOldReadings(
  { withScope }: Pick<Database, "withScope">,
  nowMs: number,
): Promise<number> {
  return await withScope({ all: true }, (tx) => store.deleteBefore(tx, new Date(nowMs - SERIES_KEPT_MS)));
}
