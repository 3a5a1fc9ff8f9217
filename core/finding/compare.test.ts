import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Expectation, Item } from "#core/manifest/item.ts";
import { EXAMPLE_VALUES, exampleFacts, withoutFact } from "#core/report/example-facts.ts";
import { unknown } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";
import { compareIntact, isScanning, wasSeen } from "./compare.ts";
import type { Finding } from "./finding.ts";
import { signatureText } from "./signature.ts";

const ITEM: Item = {
  id: "x",
  kind: "kernel-taint",
  args: {},
  expect: { op: "eq", want: 4096 },
  class: "config",
  while: "always",
};

function compareOne(item: Partial<Item>, facts: Facts = exampleFacts(), observedAgoMs = 0) {
  const manifest = {
    schema: "fiducial.expected/1" as const,
    toplevel: null,
    closureDigest: null,
    items: [{ ...ITEM, ...item }],
  };
  return compareIntact(manifest, facts, { observedAgoMs })[0]!;
}
const problemOf = (expect: Expectation, facts?: Facts) =>
  compareOne({ expect }, facts).finding?.problem ?? null;

describe("an item holds or is a finding [EXP-3]", () => {
  test.each<[Expectation, string | null]>([
    [{ op: "eq", want: 4096 }, null],
    [{ op: "eq", want: "4096" }, "differs"],
    [{ op: "eq", want: 0 }, "differs"],
    [{ op: "oneOf", want: [0, 4096] }, null],
    [{ op: "oneOf", want: [0] }, "differs"],
    [{ op: "range", want: { min: 4096, max: 4096 } }, null],
    [{ op: "range", want: { min: 4097, max: null } }, "differs"],
    [{ op: "range", want: { min: null, max: 4095 } }, "differs"],
    [{ op: "range", want: { min: null, max: null } }, null],
    [{ op: "present", want: true }, null],
    [{ op: "present", want: false }, "differs"],
    [{ op: "maxAge", want: 1 }, null],
  ])("%j of 4096 gives %s", (expectation, problem) => {
    expect(problemOf(expectation)).toBe(problem);
  });

  test("a range holds for numbers only", () => {
    const anything: Expectation = { op: "range", want: { min: null, max: null } };
    expect(compareOne({ kind: "kernel-release", expect: anything }).finding?.problem).toBe("differs");
    expect(
      compareOne(
        { kind: "clock-offset", expect: anything },
        exampleFacts({ clock: { offsetMs: Number.NaN } }),
      ).finding?.problem,
    ).toBe("differs");
  });

  test("the finding says what was expected, what is there and which risk it controls", () => {
    const item = {
      unit: "bits",
      riskControlId: "RC-012",
      class: "safety" as const,
      expect: { op: "eq" as const, want: 0 },
    };
    expect(compareOne(item).finding).toEqual({
      itemId: "x",
      kind: "kernel-taint",
      class: "safety",
      problem: "differs",
      expected: { op: "eq", want: 0 },
      unit: "bits",
      actual: 4096,
      reason: null,
      riskControlId: "RC-012",
    });
    expect(compareOne({ expect: item.expect }).finding).toMatchObject({ unit: null, riskControlId: null });
  });
});

describe("a missing value is unknown, never ok [SEE-14]", () => {
  test("an absent thing is a finding, unless it must be absent", () => {
    const gone = { kind: "unit", args: { name: "gone.service" } };
    expect(compareOne(gone).finding?.problem).toBe("absent");
    expect(compareOne({ ...gone, expect: { op: "present", want: true } }).finding?.problem).toBe("absent");
    expect(compareOne({ ...gone, expect: { op: "present", want: false } }).finding).toBeNull();
  });

  test("an unknown, a missing and a newer kind are findings whatever is expected", () => {
    const expectations: Expectation[] = [
      { op: "eq", want: 4096 },
      { op: "present", want: false },
      { op: "maxAge", want: 1 },
      { op: "range", want: { min: null, max: null } },
    ];
    for (const expectation of expectations) {
      expect(problemOf(expectation, { kernel: unknown("denied") })).toBe("unknown");
      expect(problemOf(expectation, withoutFact(exampleFacts(), "kernel"))).toBe("not-reported");
      expect(compareOne({ kind: "newer", expect: expectation }).finding?.problem).toBe("unknown-kind");
    }
    expect(compareOne({}, { kernel: unknown("denied") }).finding?.reason).toEqual({ code: "denied" });
  });

  test("for every item and every set of facts: no finding means that the value was seen", () => {
    const kinds = fc.subarray(Object.keys(EXAMPLE_VALUES) as (keyof Facts)[]);
    const item = fc.constantFrom<Partial<Item>>(
      {},
      { kind: "unit", args: { name: "daq.service" }, expect: { op: "eq", want: "active" } },
      { kind: "safety-link", expect: { op: "eq", want: "connected" } },
      { kind: "newer" },
    );
    fc.assert(
      fc.property(kinds, item, (lost, chosen) => {
        const facts = lost.reduce((left, kind) => withoutFact(left, kind), exampleFacts());
        const { reading, finding } = compareOne(chosen, facts);
        expect(finding === null).toBe(reading.state === "known");
      }),
    );
  });

  test("seen is only what differs or is not there", () => {
    const problems: Finding["problem"][] = [
      "differs",
      "absent",
      "too-old",
      "unknown",
      "not-reported",
      "unknown-kind",
    ];
    expect(problems.filter((problem) => wasSeen({ problem }))).toEqual(["differs", "absent"]);
  });
});

describe("age [SEE-16, SEE-17]", () => {
  test("a value that a scan kept from being read again carries when it was read; one that was read carries nothing", () => {
    const item: Partial<Item> = { kind: "kernel-release", expect: { op: "present", want: true } };
    const facts = exampleFacts();
    const { kernel } = facts;
    expect(compareOne(item, facts).reading).not.toHaveProperty("readAtMs");
    if (kernel?.state !== "observed") throw new Error("the example has a kernel");
    const held = { ...facts, kernel: { ...kernel, atMs: 1_700_000_000_000 } };
    expect(compareOne(item, held).reading).toMatchObject({ state: "known", readAtMs: 1_700_000_000_000 });
  });

  const provided: Partial<Item> = {
    kind: "provided",
    args: { owner: "daq", id: "calibration" },
    expect: { op: "maxAge", want: 5_000 },
  };
  const scanning = exampleFacts({
    safety: { last: { ...EXAMPLE_VALUES.safety.last!, scanState: "running" } },
  });

  test("counts from when the scanner last confirmed the facts, and a clock that runs backwards takes nothing off", () => {
    expect(compareOne(provided, exampleFacts(), 4_000).finding).toBeNull();
    expect(compareOne(provided, exampleFacts(), 4_001).finding).toMatchObject({
      problem: "too-old",
      actual: 11,
    });
    expect(compareOne(provided, exampleFacts(), -9_999).reading).toMatchObject({ ageMs: 1_000 });
  });

  test("a value that differs is seen to differ, however old", () => {
    const item = { ...provided, expect: { op: "eq" as const, want: 12 } };
    expect(compareOne(item, exampleFacts(), 9_999_999).finding?.problem).toBe("differs");
  });

  test("a published value that nobody renews is not taken for present", () => {
    const item = { ...provided, expect: { op: "eq" as const, want: 11 } };
    expect(compareOne(item, exampleFacts(), 899_000).finding).toBeNull();
    expect(compareOne(item, exampleFacts(), 899_001).finding?.problem).toBe("too-old");
  });

  test("the limit rests while the item may not be read, and the age stays visible", () => {
    for (const [when, facts, problem] of [
      ["always", scanning, "too-old"],
      ["idle", exampleFacts(), "too-old"],
      ["idle", scanning, null],
      ["commissioning", exampleFacts(), null],
    ] as const) {
      const one = compareOne({ ...provided, while: when }, facts, 60_000);
      expect(one.finding?.problem ?? null).toBe(problem);
      expect(one.reading).toMatchObject({ ageMs: 61_000 });
    }
  });

  test("only a daemon that is heard can say that the scanner scans", () => {
    const last = { ...EXAMPLE_VALUES.safety.last!, scanState: "running" as const };
    expect(isScanning(scanning)).toBe(true);
    expect(isScanning(exampleFacts({ safety: { last, link: "silent" } }))).toBe(false);
    expect(isScanning(exampleFacts({ safety: { last: null } }))).toBe(false);
    expect(isScanning(exampleFacts({ safety: { last: { ...last, scanState: "unknown" } } }))).toBe(false);
    expect(isScanning({})).toBe(false);
    expect(isScanning({ safety: unknown("denied") })).toBe(false);
  });
});

describe("the signature of a finding", () => {
  const finding = compareOne({ expect: { op: "eq", want: 0 } }).finding!;

  test("is the same on every scanner with the same finding, whatever moment it is", () => {
    expect(signatureText({ ...finding, riskControlId: "RC" })).toBe(signatureText(finding));
    const old = { ...finding, problem: "too-old" as const };
    expect(signatureText({ ...old, actual: 1 })).toBe(signatureText({ ...old, actual: 2 }));
    const unknown = { ...finding, reason: { code: "denied", params: { path: "/a" } } };
    expect(signatureText({ ...unknown, reason: { code: "denied" } })).toBe(signatureText(unknown));
  });

  test.each([
    { itemId: "y" },
    { actual: 1 },
    { expected: { op: "eq", want: 1 } },
    { problem: "absent" },
    { class: "safety" },
    { unit: "s" },
    { reason: { code: "denied" } },
  ])("differs with %j", (change) => {
    expect(signatureText({ ...finding, ...change } as Finding)).not.toBe(signatureText(finding));
  });
});
