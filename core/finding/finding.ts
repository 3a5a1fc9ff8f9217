import type { Expectation, Item, ItemClass, Scalar } from "#core/manifest/item.ts";
import type { Reason } from "#core/report/fact.ts";

/** What the facts say about one item. `not-reported`: the fact kind or the thing in it is missing from the report altogether. */
export type Reading =
  /** `readAtMs`: by the scanner's clock, when it was not read for this report (quiet while scanning, SEE-17). */
  | { state: "known"; value: Scalar; ageMs: number; readAtMs?: number }
  | { state: "absent" }
  | { state: "unknown"; reason: Reason }
  | { state: "not-reported" }
  | { state: "unknown-kind" };

/** An item that does not hold. `differs`: seen and different; everything else: could not be seen, which is never "ok". */
export type Finding = {
  itemId: string;
  kind: string;
  class: ItemClass;
  problem: "differs" | "absent" | "too-old" | "unknown" | "not-reported" | "unknown-kind";
  expected: Expectation;
  unit: string | null;
  /** The value seen, null when none was. */
  actual: Scalar | null;
  reason: Reason | null;
  riskControlId: string | null;
};

/** One item with its reading, for the page that shows all of them. */
export type Compared = { item: Item; reading: Reading; finding: Finding | null };
