import { SERIES_STEP_MS } from "#core/finding/numeric.ts";
import { wanderedAt } from "#demo/host/wander.ts";
import { MODELS, type Wander } from "#demo/model/model.ts";
import { DAY_MS, HOUR_MS } from "#demo/plan/duration.ts";
import type { FleetPlan, PlannedScanner } from "#demo/plan/plan.ts";
import { isAnni } from "#demo/plan/scanner-card.ts";
import { type Row, rootOf } from "#demo/seed/scanner-rows.ts";

/** Numeric readings (EXP-9) of a healthy scanner: ninety days for some, two for the others, coarser the older. */
type Reach = { days: number; untilDays: number; everyMs: number; items: number };
const LONG: Reach = { days: 90, untilDays: 0, everyMs: 6 * HOUR_MS, items: 3 };
const SHORT: Reach = { days: 2, untilDays: 0, everyMs: 4 * HOUR_MS, items: 2 };
const ANNI: readonly Reach[] = [
  { days: 90, untilDays: 1, everyMs: 2 * HOUR_MS, items: 99 },
  { days: 1, untilDays: 0, everyMs: SERIES_STEP_MS, items: 99 },
];
/** About thirty of a full fleet. */
const LONG_EVERY = 40;

export function seriesRows(plan: FleetPlan, scanner: PlannedScanner, position: number): Row[] {
  if (scanner.now.silentSinceMs !== null || scanner.now.faults.length > 0) return [];
  if (isAnni(scanner)) return ANNI.flatMap((reach) => rows(plan, scanner, reach));
  return rows(plan, scanner, position % LONG_EVERY === 0 ? LONG : SHORT);
}

type Wandering = { itemId: string; wander: Wander; who: string };

function rows(plan: FleetPlan, scanner: PlannedScanner, { days, untilDays, everyMs, items }: Reach): Row[] {
  const { scannerId, ...place } = rootOf(plan, scanner);
  // The newest five minutes belong to the report that was made in them.
  const untilMs = plan.nowMs - untilDays * DAY_MS - HOUR_MS;
  const beganMs = Math.max(
    plan.nowMs - days * DAY_MS - HOUR_MS + everyMs,
    (scanner.moments[0]?.atMs ?? plan.nowMs) + HOUR_MS,
  );
  const times: number[] = [];
  for (let atMs = Math.floor(untilMs / everyMs) * everyMs; atMs >= beganMs; atMs -= everyMs) times.push(atMs);
  return wandering(scanner)
    .slice(0, items)
    .flatMap(({ itemId, wander, who }) =>
      times.map((atMs) => {
        const values = [atMs, atMs + SERIES_STEP_MS - 1].map((one) => wanderedAt(wander, who, one));
        const [first = 0, last = first] = values;
        return {
          ...place,
          scannerId,
          itemId,
          at: new Date(atMs),
          min: Math.min(first, last),
          max: Math.max(first, last),
          last,
        };
      }),
    );
}

function wandering({ model, serial }: PlannedScanner): Wandering[] {
  return MODELS[model].provided.flatMap(({ item, value, owner, id }) =>
    item === null || typeof value !== "object"
      ? []
      : [{ itemId: item.id, wander: value, who: `${serial} ${owner} ${id}` }],
  );
}
