import { STEPS } from "#core/change/steps.ts";

/** Points inside a step, beside its beginning and its end. */
const INSIDE = ["copy.rooted", "copy.copied", "staged.rooted", "confirm.recorded", "confirm.rooted"];

/** Steps that do something on the host. */
const DOING = STEPS.filter((step) => !["rest", "offered", "stuck"].includes(step));

/**
 * Every point at which a test may kill a change (reliability.md §3.4): when a step is durably in the journal and before it does
 * anything; when it has done it and before the next is in the journal; and a few inside. Listed, so that none is forgotten.
 */
export const FAULT_POINTS: readonly string[] = [
  ...DOING.flatMap((step) => [`${step}.begun`, `${step}.done`]),
  ...INSIDE,
];
