import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffFacts, type FactsByKind, type Line } from "#core/compare/diff.ts";
import { type StableFact, stableFact } from "#core/report/digest.ts";
import { EXAMPLE_VALUES, exampleFacts } from "#core/report/example-facts.ts";
import { type Fact, observed, unknown } from "#core/report/fact.ts";
import type { FactKind } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

function byKind(facts: Facts): FactsByKind {
  return new Map(
    Object.entries(facts).map(([kind, fact]) => [kind, stableFact(kind as FactKind, fact as Fact<never>)]),
  );
}

const known = (value: string | number | boolean | null) => ({ state: "known", value });
const kindOf = (kind: string, a: Facts, b: Facts) =>
  diffFacts(byKind(a), byKind(b)).find((one) => one.kind === kind);
const linesOf = (a: FactsByKind, b: FactsByKind) =>
  diffFacts(a, b).flatMap(({ kind, differ, equal, open }) =>
    [...differ, ...equal, ...open].map((line) => ({ kind, ...line })),
  );

describe("two scanners", () => {
  test("with the same facts differ in nothing, and every value is counted as equal [EXP-9]", () => {
    for (const { differ, equal, open } of diffFacts(byKind(exampleFacts()), byKind(exampleFacts()))) {
      expect([...differ, ...open]).toEqual([]);
      expect(equal.length).toBeGreaterThan(0);
    }
  });

  test("differ by name inside a list, whatever its order [EXP-9]", () => {
    const { loaded } = EXAMPLE_VALUES.modules;
    const changed = [...loaded]
      .reverse()
      .map((one) => (one.name === "nvidia" ? { ...one, version: "570.9" } : one));
    const diff = kindOf("modules", exampleFacts(), exampleFacts({ modules: { loaded: changed } }));
    expect(diff?.differ).toEqual([
      { path: ["loaded", "nvidia", "version"], a: known("580.1"), b: known("570.9") },
    ]);
    expect(diff?.open).toEqual([]);
  });

  test("an entry that one side lacks is absent there in each of its values [EXP-9]", () => {
    const less = exampleFacts({ kernel: { parameters: ["quiet"] } });
    const diff = kindOf("kernel", exampleFacts(), less);
    expect(diff?.differ).toContainEqual({
      path: ["parameters", "isolcpus=2-3"],
      a: known("isolcpus=2-3"),
      b: { state: "absent" },
    });
  });

  test("two cards of one model are told apart by their slots, not by their place in the list [EXP-9]", () => {
    const { gpus } = EXAMPLE_VALUES;
    const [card] = gpus.cards;
    if (card === undefined) throw new Error("the example has a card");
    const cards = [card, { ...card, bus: "0000:02:00.0", driverVersion: "570.9" }];
    const newer = cards.map((one) => ({ ...one, driverVersion: "580.95.05" })).reverse();
    const diff = kindOf("gpus", exampleFacts({ gpus: { cards } }), exampleFacts({ gpus: { cards: newer } }));
    expect(diff?.differ).toEqual([
      { path: ["cards", "0000:02:00.0", "driverVersion"], a: known("570.9"), b: known("580.95.05") },
    ]);
  });

  const listed = (list: readonly unknown[]): FactsByKind => new Map([["newer-kind", { observed: { list } }]]);

  test.each<[string, unknown[], unknown[], { path: string[]; a: unknown; b: unknown }[]]>([
    [
      "an entry that is nothing but its name is there or not",
      [{ name: "door" }, { name: "estop" }],
      [{ name: "door" }],
      [{ path: ["list", "estop"], a: known(true), b: { state: "absent" } }],
    ],
    [
      "entries of which one has no name are told by number",
      [{ name: "door", open: true }, { open: false }],
      [{ name: "door", open: true }, { open: true }],
      [{ path: ["list", "2", "open"], a: known(false), b: known(true) }],
    ],
    [
      "entries that share their only name are told by number, so that none hides another",
      [
        { name: "zone", celsius: 20 },
        { name: "zone", celsius: 21 },
      ],
      [
        { name: "zone", celsius: 20 },
        { name: "zone", celsius: 99 },
      ],
      [{ path: ["list", "2", "celsius"], a: known(21), b: known(99) }],
    ],
    [
      "a word that is there twice is counted",
      ["quiet", "quiet"],
      ["quiet"],
      [{ path: ["list", "quiet (2)"], a: known("quiet"), b: { state: "absent" } }],
    ],
    [
      "what is no word is told by its text",
      [1, [2]],
      [1],
      [{ path: ["list", "[2]", "2"], a: known(2), b: { state: "absent" } }],
    ],
  ])("in a list, %s [EXP-9]", (_what, a, b, differ) => {
    expect(diffFacts(listed(a), listed(b))[0]?.differ).toEqual(differ);
  });

  test("what one of them, or both, could not see is neither equal nor different [SEE-14]", () => {
    const blind: Facts = { ...exampleFacts(), nix: unknown("not-readable") };
    const line = { path: [], a: { state: "unknown", reason: { code: "not-readable" } } };
    expect(kindOf("nix", blind, blind)).toEqual({
      kind: "nix",
      differ: [],
      equal: [],
      open: [{ ...line, b: line.a }],
    });
    expect(kindOf("nix", blind, exampleFacts())).toMatchObject({
      equal: [],
      differ: [],
      open: [{ ...line, b: known(true) }],
    });
    const { nix: _left, ...silent } = exampleFacts();
    expect(kindOf("nix", silent, exampleFacts())?.open[0]?.a).toEqual({ state: "not-reported" });
    expect(kindOf("nix", silent, silent)).toBeUndefined();
  });

  test("a part that could not be seen is open in each of its values, and the rest of the kind is compared [SEE-14]", () => {
    const { closures } = EXAMPLE_VALUES;
    const half = exampleFacts({ closures: { ...closures, booted: unknown("not-readable") } });
    const diff = kindOf("closures", exampleFacts(), half);
    expect(diff?.differ).toEqual([]);
    expect(diff?.open.map(({ path }) => path[0])).toEqual(["booted", "booted", "booted", "booted"]);
    expect(diff?.equal.length).toBeGreaterThan(0);
  });
});

const scalar = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.integer({ min: 0, max: 3 }),
  fc.boolean(),
  fc.constant(null),
);
const name = fc.constantFrom("a", "b", "c", "name", "path");
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(name, tie("value"), { maxKeys: 4 }),
    tie("value").map((value) => observed(value)),
    fc.constant(unknown("not-readable")),
  ),
}));
const facts = fc
  .dictionary(
    fc.constantFrom("x", "y"),
    fc.oneof(
      anyValue.map((one): StableFact => ({ observed: one })),
      fc.constant<StableFact>({ unknown: { code: "no" } }),
    ),
  )
  .map((record): FactsByKind => new Map(Object.entries(record)));
const turned = ({ kind, path, a, b }: Line & { kind: string }) => JSON.stringify([kind, path, b, a]);
const straight = ({ kind, path, a, b }: Line & { kind: string }) => JSON.stringify([kind, path, a, b]);

describe("any two sets of facts", () => {
  test("turned around say the same with the sides changed [EXP-9]", () => {
    fc.assert(
      fc.property(facts, facts, (a, b) => {
        expect(linesOf(a, b).map(turned).sort()).toEqual(linesOf(b, a).map(straight).sort());
      }),
    );
  });

  test("have every value in exactly one place, and nothing blind among the equal ones [SEE-14]", () => {
    fc.assert(
      fc.property(facts, facts, (a, b) => {
        for (const { kind, differ, equal, open } of diffFacts(a, b)) {
          const paths = [...differ, ...equal, ...open].map(({ path }) => JSON.stringify(path));
          expect(new Set(paths).size, kind).toBe(paths.length);
          for (const line of [...differ, ...equal])
            for (const { state } of [line.a, line.b]) expect(["known", "absent"]).toContain(state);
        }
      }),
    );
  });

  test("a set against itself differs nowhere [EXP-9]", () => {
    fc.assert(
      fc.property(facts, (a) => {
        expect(diffFacts(a, a).flatMap(({ differ }) => differ)).toEqual([]);
      }),
    );
  });
});
