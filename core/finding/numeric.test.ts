import { expect, test } from "vitest";
import type { Item } from "#core/manifest/item.ts";
import type { Compared, Reading } from "./finding.ts";
import { numericReadings } from "./numeric.ts";

const row = (id: string, reading: Reading): Compared => ({
  item: {
    id,
    kind: "provided",
    args: {},
    expect: { op: "present", want: true },
    class: "info",
    while: "always",
  } satisfies Item,
  reading,
  finding: null,
});

test("only numbers that were read for this report become a series [EXP-9, SEE-17]", () => {
  expect(
    numericReadings([
      row("a", { state: "known", value: 18.2, ageMs: 0 }),
      row("b", { state: "known", value: "18.2", ageMs: 0 }),
      row("c", { state: "known", value: true, ageMs: 0 }),
      row("d", { state: "known", value: Number.NaN, ageMs: 0 }),
      row("e", { state: "known", value: 1, ageMs: 0, readAtMs: 5 }),
      row("f", { state: "not-reported" }),
      row("g", { state: "known", value: 0, ageMs: 60_000 }),
    ]),
  ).toEqual([
    { itemId: "a", value: 18.2 },
    { itemId: "g", value: 0 },
  ]);
});
