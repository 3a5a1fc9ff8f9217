import { silenceCode } from "#core/headline/link.ts";
import type { Rule } from "#core/headline/rule.ts";
import { safetyMissingSinceMs } from "#core/headline/safety-rules.ts";
import type { View } from "#core/headline/view.ts";
import { reason } from "#core/message/reason.ts";
import type { Reason } from "#core/report/fact.ts";

/** 2 Offline and 3 Unknown: what cannot be said. Never green on missing data (EXP-4, SEE-14). */
export const UNKNOWN_RULES = [
  { id: "offline", word: "offline", variant: null, why: offline },
  {
    id: "never-reported",
    word: "unknown",
    variant: null,
    why: ({ link }) => (link === "never" ? reason("never-reported") : null),
  },
  // K-07, F27: two machines with one identity; neither is believed until a person has looked.
  {
    id: "locked-out",
    word: "unknown",
    variant: null,
    why: ({ situation }) => (situation.identity === "locked-out" ? reason("identity-locked-out") : null),
  },
  {
    id: "unverifiable",
    word: "unknown",
    variant: null,
    why: ({ situation }) => situation.unverifiable?.value ?? null,
  },
  {
    id: "no-baseline",
    word: "unknown",
    variant: null,
    why: ({ situation }) => (situation.manifest === "none" ? reason("no-baseline") : null),
  },
  { id: "safety-not-seen", word: "unknown", variant: null, why: safetyNotSeen },
  { id: "items-not-seen", word: "unknown", variant: null, why: itemsNotSeen },
  {
    id: "function-not-seen",
    word: "unknown",
    variant: null,
    why: ({ situation }) => (situation.function.value === "unknown" ? reason("function-not-seen") : null),
  },
  {
    id: "software-not-seen",
    word: "unknown",
    variant: null,
    why: ({ situation }) => (situation.software.value === "unknown" ? reason("software-not-seen") : null),
  },
] as const satisfies readonly Rule[];

function offline({ situation, link, silenceExcused }: View): Reason | null {
  const { lastSeenMs } = situation;
  if (link !== "offline" || silenceExcused || lastSeenMs === null) return null;
  return reason(silenceCode(situation), { lastSeenAtMs: lastSeenMs });
}

/** In its first 30 s a missing safety item is not yet unsafe, and already not fine. */
function safetyNotSeen(view: View): Reason | null {
  const axisUnknown = view.situation.safety.value === "unknown" && !view.restarting;
  if (!axisUnknown && safetyMissingSinceMs(view) === null) return null;
  return reason("safety-not-seen");
}

function itemsNotSeen({ unseen }: View): Reason | null {
  const missing = [...unseen.function, ...unseen.config];
  const [first] = missing;
  return first === undefined ? null : reason("items-not-seen", { item: first.itemId, count: missing.length });
}
