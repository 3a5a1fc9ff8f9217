import { compareIntact } from "#core/finding/compare.ts";
import type { Compared } from "#core/finding/finding.ts";
import type { Item } from "#core/manifest/item.ts";
import { exampleFacts } from "#core/report/example-facts.ts";
import type { Facts } from "#core/report/report.ts";

/** An item that holds on the scanner of exampleFacts(), for tests: each test changes the one thing it is about. */
export const EXAMPLE_ITEM: Item = {
  id: "daq.calibration",
  kind: "provided",
  args: { owner: "daq", id: "calibration" },
  expect: { op: "eq", want: 11 },
  class: "function",
  while: "always",
};

/** The items as they compare with the facts; whatever does not hold does not since 5 s. */
export function exampleRows(
  items: readonly Partial<Item>[],
  facts: Facts = exampleFacts(),
): (Compared & { sinceMs: number | null })[] {
  const manifest = {
    schema: "fiducial.expected/1" as const,
    toplevel: null,
    closureDigest: null,
    items: items.map((item, place) => ({ ...EXAMPLE_ITEM, id: `i.${place}`, ...item })),
  };
  return compareIntact(manifest, facts, { observedAgoMs: 0 }).map((one) => ({
    ...one,
    sinceMs: one.finding === null ? null : 5_000,
  }));
}
