import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, factsDigestText, stableFact, stableText } from "#core/report/digest.ts";
import { EXAMPLE_VALUES, exampleFacts } from "#core/report/example-facts.ts";
import { unknown } from "#core/report/fact.ts";
import type { FactKind } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

/** The digest as docs/protocol.md defines it, without anything that is kept from one look to the next. */
function plainly(facts: Facts): string {
  const kinds = Object.keys(facts) as FactKind[];
  const stable = kinds.map((kind) => [
    kind,
    stableFact(kind, facts[kind] as NonNullable<Facts[typeof kind]>),
  ]);
  return `fiducial.facts.v1\n${canonicalJson(Object.fromEntries(stable))}`;
}

test("the text of a digest is the canonical JSON of the stable facts, however often it is asked [SEE-14]", () => {
  const facts: Facts = { ...exampleFacts(), safety: unknown("no-safety-socket", { path: "/run/x" }) };
  for (let times = 0; times < 2; times += 1) expect(factsDigestText(facts)).toBe(plainly(facts));
});

test("the text of one fact is its canonical JSON whatever it holds, so both ends make one digest of it [SEE-14]", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.record({ a: fc.constant(undefined), b: fc.jsonValue() })),
      (value) => {
        expect(stableText({ observed: value })).toBe(canonicalJson({ observed: value }));
      },
    ),
    { examples: [[null], [21], ["text"], [[1, { b: 1, a: [] }]]] },
  );
});

test.each([null, 21, "text", { b: [1], a: null, left: undefined }, [[2], { b: 1, a: [] }]])(
  "the text of %j is canonical [SEE-14]",
  (value) => {
    expect(stableText({ observed: value })).toBe(canonicalJson({ observed: value }));
  },
);

test("a list that was read anew and differs is another text [SEE-14]", () => {
  const before = factsDigestText(exampleFacts());
  const units = EXAMPLE_VALUES.units.units.map((one, at) => (at === 0 ? { ...one, active: "failed" } : one));
  const facts = exampleFacts({ units: { units } });
  expect(factsDigestText(facts)).toBe(plainly(facts));
  expect(factsDigestText(facts)).not.toBe(before);
});
