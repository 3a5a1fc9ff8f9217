import type { Safety } from "#core/headline/axes.ts";
import type { Rule } from "#core/headline/rule.ts";
import type { View } from "#core/headline/view.ts";
import type { CodeOf } from "#core/message/catalogue.ts";
import { reason } from "#core/message/reason.ts";
import { SAFETY_MISSING_MS } from "#core/protocol/timing.ts";
import type { Reason } from "#core/report/fact.ts";

/**
 * 1 Unsafe, worst first: lost, bypassed, limit, config, finding, missing, tripped. No rule here looks at link or service: what was
 * last known to be unsafe stays so through silence, and maintenance never mutes it (EXP-4, SEE-11).
 */
export const SAFETY_RULES = [
  {
    id: "safety-lost",
    word: "unsafe",
    variant: null,
    why: (view) => (view.restarting ? null : axis(view, "lost", "safety-lost")),
  },
  {
    id: "safety-bypassed",
    word: "unsafe",
    variant: null,
    why: (view) => axis(view, "bypassed", "safety-bypassed"),
  },
  {
    id: "safety-limit",
    word: "unsafe",
    variant: null,
    why: (view) => axis(view, "limit-exceeded", "safety-limit"),
  },
  {
    id: "safety-config",
    word: "unsafe",
    variant: null,
    why: (view) => axis(view, "config-mismatch", "safety-config"),
  },
  { id: "safety-finding", word: "unsafe", variant: null, why: safetyFinding },
  { id: "safety-missing", word: "unsafe", variant: null, why: safetyMissing },
  {
    id: "safety-tripped",
    word: "unsafe",
    variant: "tripped",
    why: (view) => axis(view, "tripped", "safety-tripped"),
  },
] as const satisfies readonly Rule[];

function axis({ situation, seen }: View, value: Safety, code: CodeOf<"reason">): Reason | null {
  if (situation.safety.value !== value) return null;
  const item = seen.safety[0]?.itemId;
  return reason(code, item === undefined ? undefined : { item });
}

function safetyFinding({ seen }: View): Reason | null {
  const [first] = seen.safety;
  return first === undefined
    ? null
    : reason("safety-item-differs", { item: first.itemId, count: seen.safety.length });
}

/** SEE-14: a safety item nobody could see for more than 30 s is not a safe one. A scanner that never spoke is unknown instead. */
function safetyMissing(view: View): Reason | null {
  const sinceMs = safetyMissingSinceMs(view);
  if (sinceMs === null || view.situation.nowMs - sinceMs <= SAFETY_MISSING_MS) return null;
  const item = view.unseen.safety[0]?.itemId;
  return reason("safety-missing", { sinceAtMs: sinceMs, ...(item === undefined ? {} : { item }) });
}

/** Since when some of safety could not be seen; null: all was, or nothing of it is expected, or nobody ever reported. */
export function safetyMissingSinceMs({ situation, unseen, link, restarting }: View): number | null {
  if (link === "never") return null;
  const since = unseen.safety.map((finding) => finding.sinceMs);
  if (situation.safety.value === "unknown" && situation.manifestHasSafety && !restarting)
    since.push(situation.safety.sinceMs);
  return since.length === 0 ? null : Math.min(...since);
}
