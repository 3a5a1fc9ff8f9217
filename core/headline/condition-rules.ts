import { budgetMs, isUpdating } from "#core/headline/change-budget.ts";
import type { Rule } from "#core/headline/rule.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import type { View } from "#core/headline/view.ts";
import type { CodeOf } from "#core/message/catalogue.ts";
import { reason } from "#core/message/reason.ts";
import type { Reason } from "#core/report/fact.ts";

/** 4 to 8: the scanner is seen, and this is what is wrong with it; nothing of it is nominal. */
export const CONDITION_RULES = [
  {
    id: "rollback-failed",
    word: "degraded",
    variant: "stalled",
    why: ({ situation }) => (situation.change.value === "rollback-failed" ? reason("rollback-failed") : null),
  },
  { id: "change-stalled", word: "degraded", variant: "stalled", why: changeStalled },
  { id: "probation-failing", word: "degraded", variant: "stalled", why: probationFailing },
  { id: "updating", word: "updating", variant: null, why: updating },
  {
    id: "function-finding",
    word: "degraded",
    variant: null,
    why: ({ seen }) => differing("function-differs", seen.function),
  },
  {
    id: "function-failed",
    word: "degraded",
    variant: null,
    why: ({ situation }) => (situation.function.value === "failed" ? reason("function-failed") : null),
  },
  {
    id: "safety-warning",
    word: "degraded",
    variant: null,
    why: ({ situation }) => (situation.safety.value === "warning" ? reason("safety-warning") : null),
  },
  // SEE-3: bytes on this disk are not the bytes that were built.
  {
    id: "damaged",
    word: "degraded",
    variant: null,
    why: ({ situation }) => (situation.software.value === "damaged" ? reason("closure-damaged") : null),
  },
  {
    id: "untracked",
    word: "drifted",
    variant: null,
    why: ({ situation }) => (situation.software.value === "untracked" ? reason("closure-untracked") : null),
  },
  {
    id: "config-finding",
    word: "drifted",
    variant: null,
    why: ({ seen }) => differing("config-differs", seen.config),
  },
  {
    id: "drifted",
    word: "drifted",
    variant: null,
    why: ({ situation }) => (situation.software.value === "drifted" ? reason("software-drifted") : null),
  },
  { id: "pending-reboot", word: "drifted", variant: null, why: pendingReboot },
  { id: "overdue", word: "behind", variant: "overdue", why: overdue },
  { id: "behind", word: "behind", variant: null, why: behind },
] as const satisfies readonly Rule[];

function changeStalled({ situation: { change, nowMs } }: View): Reason | null {
  const budget = budgetMs(change);
  if (budget === null || nowMs - change.sinceMs <= budget) return null;
  return reason("change-stalled", { phase: change.value, budgetMs: budget });
}

function probationFailing({ situation, seen }: View): Reason | null {
  if (situation.change.value !== "probation") return null;
  const first = seen.function[0];
  if (first !== undefined) return reason("probation-failing", { item: first.itemId });
  return situation.function.value === "failed" ? reason("probation-failing") : null;
}

function updating({ situation: { change } }: View): Reason | null {
  return isUpdating(change.value) ? reason("change-running", { phase: change.value }) : null;
}

/** F15. A staged change that waits for its window is the reason for the other boot, and a chip says so. */
function pendingReboot({ situation }: View): Reason | null {
  if (situation.software.value !== "pending-reboot") return null;
  const waits = situation.change.value === "waiting" || situation.change.value === "staged";
  return waits ? null : reason("pending-reboot", { sinceAtMs: situation.software.sinceMs });
}

function overdue({ situation }: View): Reason | null {
  const { currency, dueMs, nowMs } = situation;
  if (currency.value !== "behind" || dueMs === undefined || dueMs === null || nowMs <= dueMs) return null;
  return reason("pin-overdue", { dueAtMs: dueMs });
}

function behind({ situation }: View): Reason | null {
  if (situation.currency.value !== "behind") return null;
  return situation.currencyReason ?? reason("not-the-pin");
}

function differing(code: CodeOf<"reason">, findings: readonly OpenFinding[]): Reason | null {
  const [first] = findings;
  return first === undefined ? null : reason(code, { item: first.itemId, count: findings.length });
}
