import fc from "fast-check";
import { expect, test } from "vitest";
import type { Compared } from "#core/finding/finding.ts";
import type { Item } from "#core/manifest/item.ts";
import { EXAMPLE_VALUES, exampleFacts, withoutFact } from "#core/report/example-facts.ts";
import { unknown } from "#core/report/fact.ts";
import { SAFETY_LINKS } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import { CHAIN_STATES, SAFETY_WORDS } from "#core/safety/socket.ts";
import { safetyOf } from "./safety-axis.ts";

const SAID = EXAMPLE_VALUES.safety.last!;

const said = fc
  .record({
    state: fc.constantFrom(...SAFETY_WORDS, "unknown" as const),
    latched: fc.boolean(),
    permission: fc.boolean(),
    bypasses: fc.subarray(["lna"]),
    chain: fc.array(fc.record({ id: fc.constant("estop"), state: fc.constantFrom(...CHAIN_STATES) }), {
      maxLength: 2,
    }),
  })
  .map((change) => ({ ...SAID, ...change }));

const unheard: fc.Arbitrary<Facts> = fc.oneof(
  fc.constant(withoutFact(exampleFacts(), "safety")),
  fc.constant({ ...exampleFacts(), safety: unknown("denied") }),
  fc
    .record({
      link: fc.constantFrom(...SAFETY_LINKS.filter((link) => link !== "connected")),
      last: fc.option(said, { nil: null }),
      heartbeatAgeMs: fc.option(fc.nat(), { nil: null }),
    })
    .map((safety) => exampleFacts({ safety })),
  fc.constant(exampleFacts({ safety: { link: "connected", last: null } })),
);

const PROBLEMS = ["differs", "absent", "too-old", "unknown", "not-reported", "unknown-kind"] as const;

const compared: fc.Arbitrary<Compared> = fc
  .record({
    id: fc.constantFrom("a", "b"),
    kind: fc.constantFrom(
      "unit",
      "provided",
      "safety-link",
      "safety-state",
      "safety-chain",
      "safety-heartbeat-age",
    ),
    class: fc.constantFrom("safety" as const, "safety" as const, "function" as const, "info" as const),
    problem: fc.option(fc.constantFrom(...PROBLEMS), { nil: null }),
    actual: fc.constantFrom("open", "bypassed", "tripped", false, null),
  })
  .map(({ problem, actual, ...rest }) => {
    const item: Item = { ...rest, args: {}, expect: { op: "eq", want: "x" }, while: "always" };
    return {
      item,
      reading: { state: "not-reported" as const },
      finding:
        problem === null
          ? null
          : {
              itemId: item.id,
              kind: item.kind,
              class: item.class,
              problem,
              expected: item.expect,
              unit: null,
              actual,
              reason: null,
              riskControlId: null,
            },
    };
  });

test("whatever is expected and found, no scanner whose safety daemon is not heard is protected [SEE-11, SEE-14]", () => {
  fc.assert(
    fc.property(unheard, fc.array(compared, { maxLength: 4 }), (facts, items) => {
      expect(["ok", "warning"]).not.toContain(safetyOf(facts, items).value);
    }),
    { numRuns: 2_000 },
  );
});
