import type { Headline } from "#core/headline/axes.ts";
import { chipsOf } from "#core/headline/chips.ts";
import { CONDITION_RULES } from "#core/headline/condition-rules.ts";
import type { Rule } from "#core/headline/rule.ts";
import { SAFETY_RULES } from "#core/headline/safety-rules.ts";
import type { Situation } from "#core/headline/situation.ts";
import { UNKNOWN_RULES } from "#core/headline/unknown-rules.ts";
import { type View, viewOf } from "#core/headline/view.ts";
import { reason } from "#core/message/reason.ts";

export const RULES: readonly Rule[] = [...SAFETY_RULES, ...UNKNOWN_RULES, ...CONDITION_RULES];

/**
 * What people see first (EXP-4): server, the scanner's own page, CSV and print all call this and nothing else. Total and
 * deterministic; the reason holds moments instead of durations, so the answer changes only when something does.
 */
export function headlineOf(situation: Situation): Headline {
  if (situation.service === "retired")
    return { word: "retired", variant: null, reason: reason("retired"), chips: [] };
  const view = viewOf(situation);
  const holding = RULES.flatMap((rule) => {
    const why = rule.why(view);
    return why === null ? [] : [{ rule, why }];
  });
  const [first] = holding;
  const word = first?.rule.word ?? "nominal";
  return {
    word,
    variant: first === undefined ? null : variantOf(first.rule, view),
    reason: first?.why ?? reason("all-equal"),
    chips: chipsOf(view, word, [...new Set(holding.map(({ rule }) => rule.word))]),
  };
}

function variantOf(rule: Rule, view: View): Headline["variant"] {
  // Unsafe is sticky through silence: the word stays, and says that it is the last one known. A trip keeps its own sign.
  if (rule.word === "unsafe" && rule.variant === null && view.link === "offline") return "last-known";
  return rule.variant;
}
