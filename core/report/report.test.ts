import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { canonicalJson, factsDigestText } from "./digest.ts";
import { EXAMPLE_VALUES, exampleFacts, withoutFact } from "./example-facts.ts";
import { fact, observed, unknown } from "./fact.ts";
import { firstProblem } from "./first-problem.ts";
import { FACT_KIND_NAMES, FACT_KINDS } from "./kinds.ts";
import { OPAQUE_FACT_BYTES, parseReport } from "./report.ts";

const envelope = {
  protocol: 1,
  scannerId: "01980c3e-7b6a-7c1e-8f00-0123456789ab",
  bootId: "aaaaaaaa-0000-4000-8000-000000000000",
  bootCounter: 1,
  startCounter: 1,
  seq: 1,
  sentAtMs: 1,
  observedAtMs: 1,
  uptimeMs: 1,
  witness: null,
  facts: exampleFacts(),
};

describe("a report", () => {
  test("with every fact kind is read whole [SEE-14]", () => {
    const parsed = parseReport(JSON.parse(JSON.stringify(envelope)));
    expect(parsed).toMatchObject({ ok: true, report: { facts: exampleFacts(), opaque: {} } });
  });

  test("keeps a kind that is newer than this server as it came", () => {
    const parsed = parseReport({ ...envelope, facts: { quantum: { spin: "up" } } });
    expect(parsed).toMatchObject({ ok: true, report: { facts: {}, opaque: { quantum: { spin: "up" } } } });
  });

  test.each<[string, unknown, string]>([
    ["an extra field", { ...envelope, admin: true }, "body: unrecognized_keys"],
    ["another protocol", { ...envelope, protocol: 2 }, "protocol: invalid_value"],
    [
      "an extra field in a fact",
      { ...envelope, facts: { clock: observed({ ...EXAMPLE_VALUES.clock, x: 1 }) } },
      "facts.clock.value: unrecognized_keys",
    ],
    [
      "an opaque kind over 4 kB",
      { ...envelope, facts: { quantum: "x".repeat(OPAQUE_FACT_BYTES) } },
      "facts.quantum: over 4 kB",
    ],
    [
      "too many opaque kinds",
      { ...envelope, facts: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`kind${n}`, 1])) },
      "facts: too many unknown kinds",
    ],
    ["no object at all", null, "body: invalid_type"],
  ])("with %s is refused by the name of the field, never its value [Z-03]", (_title, json, problem) => {
    expect(parseReport(json)).toEqual({ ok: false, problem });
  });

  test("a kind named like a prototype's property is only an opaque kind", () => {
    const facts = JSON.parse('{"constructor": 1, "toString": 2}');
    expect(parseReport({ ...envelope, facts })).toMatchObject({ ok: true, report: { facts: {} } });
  });

  test("a problem without a path still says something", () => {
    expect(firstProblem(new z.ZodError([]), [])).toBe("does not match the schema");
  });
});

describe("a fact", () => {
  const schema = fact(z.number());

  test("is observed or unknown with a reason; there is no third way [SEE-14]", () => {
    expect(schema.safeParse(observed(1)).success).toBe(true);
    expect(schema.safeParse(unknown("denied", { path: "/proc" })).success).toBe(true);
    expect(schema.safeParse(unknown("denied")).success).toBe(true);
    expect(schema.safeParse({ state: "unknown" }).success).toBe(false);
    expect(schema.safeParse(1).success).toBe(false);
    expect(schema.safeParse({ state: "observed" }).success).toBe(false);
  });

  test("kinds are listed by name", () => {
    expect(FACT_KIND_NAMES).toEqual(Object.keys(FACT_KINDS));
  });
});

describe("the facts digest", () => {
  const text = factsDigestText;

  test("changes with every kind that is lost or unknown", () => {
    for (const kind of FACT_KIND_NAMES) {
      expect(text(withoutFact(exampleFacts(), kind)), kind).not.toBe(text(exampleFacts()));
      expect(text({ ...exampleFacts(), [kind]: unknown("denied") }), kind).not.toBe(text(exampleFacts()));
    }
  });

  test("a kind that is set to nothing is a kind that is missing", () => {
    expect(text({ ...exampleFacts(), clock: undefined } as never)).toBe(
      text(withoutFact(exampleFacts(), "clock")),
    );
  });

  test("stays when only what always moves has moved: an idle scanner sends heartbeats", () => {
    const moved = exampleFacts({
      safety: { heartbeatAgeMs: 900 },
      provided: [{ ...EXAMPLE_VALUES.provided[0]!, ageMs: 60_000 }],
      disks: [{ ...EXAMPLE_VALUES.disks[0]!, freeBytes: 414, freeInodes: 9 }],
      clock: { offsetMs: 0.1 },
      agent: { cpuMs: 99, residentBytes: 2, wakeups: 7 },
    });
    expect(text(moved)).toBe(text(exampleFacts()));
  });

  test("changes when a published value grows old: silence of its owner is news [SEE-14, SEE-16]", () => {
    const old = exampleFacts({ provided: [{ ...EXAMPLE_VALUES.provided[0]!, ageMs: 301_000 }] });
    expect(text(old)).not.toBe(text(exampleFacts()));
  });

  test("counts free space in percent and verification in tenths, and survives a size of nothing", () => {
    const empty = exampleFacts({
      disks: [{ ...EXAMPLE_VALUES.disks[0]!, totalBytes: 0, freeBytes: 0 }],
      verification: { checkedPaths: 0, totalPaths: 0 },
    });
    expect(text(empty)).toContain('"free":0');
    expect(text(empty)).toContain('"checkedPaths":0');
    expect(text(exampleFacts())).toContain('"free":41');
    expect(text(exampleFacts())).toContain('"checkedPaths":10');
  });

  test("a card that warms up, memory that is used and a download that goes on are no news, and their limits are", () => {
    const { gpus, memory, clock, change } = EXAMPLE_VALUES;
    const hot = (temperatureC: number | null) =>
      text(exampleFacts({ gpus: { cards: [{ ...gpus.cards[0]!, temperatureC }] } }));
    expect(hot(74)).toBe(hot(41));
    expect(new Set([hot(41), hot(75), hot(85), hot(95), hot(null)]).size).toBe(5);
    const free = (percent: number) =>
      text(exampleFacts({ memory: { availableBytes: Math.ceil((memory.totalBytes * percent) / 100) } }));
    expect(free(21)).toBe(free(90));
    expect(new Set([free(21), free(19), free(9), free(4)]).size).toBe(4);
    const off = (offsetMs: number | null) => text(exampleFacts({ clock: { ...clock, offsetMs } }));
    expect(off(-0.9)).toBe(off(0.1));
    expect(new Set([off(0), off(-1), off(10), off(-100), off(1_000), off(null)]).size).toBe(6);
    const at = (percent: number) =>
      text(exampleFacts({ change: { ...change, state: "downloading", percent } }));
    expect(at(31)).toBe(at(39));
    expect(at(39)).not.toBe(at(40));
  });

  test("canonical JSON does not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(canonicalJson({ b: undefined, a: [undefined, 1] })).toBe('{"a":[null,1]}');
  });
});
