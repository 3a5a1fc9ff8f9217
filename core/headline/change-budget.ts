import type { ChangeState } from "#core/headline/axes.ts";

const MINUTE_MS = 60_000;

/**
 * How long each phase may take when the signed contract says nothing (decisions.md, budgets). Over it the change has stalled:
 * a missing budget must never let a hanging activation show *Updating* for ever (F16).
 */
const DEFAULT_BUDGET_MS: Partial<Record<ChangeState, number>> = {
  downloading: 60 * MINUTE_MS,
  armed: 5 * MINUTE_MS,
  activating: 5 * MINUTE_MS,
  rebooting: 10 * MINUTE_MS,
  probation: 5 * MINUTE_MS,
  "rolling-back": 10 * MINUTE_MS,
};

/** The phases in which the scanner itself is being altered; everything before is a chip, because the scanner works. */
const UPDATING: readonly ChangeState[] = ["armed", "activating", "rebooting", "probation", "rolling-back"];

export function isUpdating(state: ChangeState): boolean {
  return UPDATING.includes(state);
}

/** Null: this state has no time limit. */
export function budgetMs(change: { value: ChangeState; budgetMs: number | null }): number | null {
  const fallback = DEFAULT_BUDGET_MS[change.value];
  return fallback === undefined ? null : (change.budgetMs ?? fallback);
}
