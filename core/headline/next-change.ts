import { budgetMs } from "#core/headline/change-budget.ts";
import { silentSinceMs } from "#core/headline/link.ts";
import { safetyMissingSinceMs } from "#core/headline/safety-rules.ts";
import { serviceEndsMs } from "#core/headline/service.ts";
import type { Situation } from "#core/headline/situation.ts";
import { restartEndsMs, viewOf } from "#core/headline/view.ts";
import { LATE_AFTER_MS, OFFLINE_AFTER_MS, SAFETY_MISSING_MS } from "#core/protocol/timing.ts";

/**
 * The soonest moment, milliseconds since the epoch, at which the headline may change although nobody says anything: until then
 * the server need not look again. Every limit is exclusive ("longer than"), so the moment is one past it. Null: never by time.
 */
export function nextChangeMs(situation: Situation): number | null {
  const { nowMs, change, dueMs } = situation;
  const silentMs = silentSinceMs(situation);
  const budget = budgetMs(change);
  const limits = [
    silentMs === null ? null : silentMs + LATE_AFTER_MS,
    silentMs === null ? null : silentMs + OFFLINE_AFTER_MS,
    budget === null ? null : change.sinceMs + budget,
    restartEndsMs(situation),
    dueMs ?? null,
    serviceEndsMs(situation, nowMs),
    missingLimit(situation),
  ];
  const coming = limits.filter((limit): limit is number => limit !== null && limit >= nowMs);
  return coming.length === 0 ? null : Math.min(...coming) + 1;
}

function missingLimit(situation: Situation): number | null {
  const sinceMs = safetyMissingSinceMs(viewOf(situation));
  return sinceMs === null ? null : sinceMs + SAFETY_MISSING_MS;
}
