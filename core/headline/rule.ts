import type { Headline, HeadlineWord } from "#core/headline/axes.ts";
import type { View } from "#core/headline/view.ts";
import type { Reason } from "#core/report/fact.ts";

/**
 * One line of the precedence of status.md. `why` answers with the reason when the rule holds, else with null. The order of
 * the table is the precedence: the first rule that holds gives the word.
 */
export type Rule = {
  id: string;
  word: Exclude<HeadlineWord, "nominal" | "retired">;
  variant: Headline["variant"];
  why: (view: View) => Reason | null;
};
