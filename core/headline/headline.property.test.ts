import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { CHANGES, CURRENCIES, FUNCTIONS, HEADLINES, SAFETIES, SERVICES, SOFTWARES } from "./axes.ts";
import { finding, NOW_MS, situation } from "./example-situation.ts";
import { headlineOf } from "./headline.ts";
import { linkOf } from "./link.ts";
import { nextChangeMs } from "./next-change.ts";
import type { OpenFinding, Situation } from "./situation.ts";

/** Many runs on a busy machine take longer than one test usually may. */
vi.setConfig({ testTimeout: 120_000 });

/** Times around every limit there is, so that boundaries are met often. */
const agoMs = fc.oneof(
  fc.constantFrom(
    0,
    29_999,
    30_000,
    30_001,
    45_000,
    45_001,
    60_000,
    60_001,
    180_000,
    180_001,
    300_000,
    300_001,
    600_001,
  ),
  fc.integer({ min: 0, max: 4_000_000 }),
);
const at = agoMs.map((ago) => NOW_MS - ago);
const since = <T>(values: readonly T[]) => fc.record({ value: fc.constantFrom(...values), sinceMs: at });

const anyFinding: fc.Arbitrary<OpenFinding> = fc
  .record({
    itemId: fc.constantFrom("a", "b", "c"),
    kind: fc.constantFrom("unit", "safety-link", "safety-chain", "safety-limits", "provided"),
    class: fc.constantFrom("safety" as const, "function" as const, "config" as const, "info" as const),
    problem: fc.constantFrom(
      "differs" as const,
      "absent" as const,
      "too-old" as const,
      "unknown" as const,
      "not-reported" as const,
      "unknown-kind" as const,
    ),
    actual: fc.constantFrom("open", "bypassed", false, null),
    sinceMs: at,
  })
  .map(finding);

const anySituation: fc.Arbitrary<Situation> = fc
  .record({
    observingSinceMs: at,
    lastSeenMs: fc.option(at, { nil: null }),
    absence: fc.constantFrom("none" as const, "silent" as const, "returning" as const),
    unverifiable: fc.option(fc.record({ value: fc.constant({ code: "clock-skew" }), sinceMs: at }), {
      nil: null,
      freq: 4,
    }),
    identity: fc.constantFrom("known" as const, "known" as const, "known" as const, "locked-out" as const),
    service: fc.constantFrom(...SERVICES.filter((service) => service !== "retired")),
    serviceUntilMs: fc.option(fc.integer({ min: NOW_MS - 4_000_000, max: NOW_MS + 4_000_000 }), {
      nil: null,
    }),
    safety: since(SAFETIES),
    function: since(FUNCTIONS),
    software: since(SOFTWARES),
    currency: since(CURRENCIES),
    dueMs: fc.option(fc.integer({ min: NOW_MS - 10, max: NOW_MS + 4_000_000 }), { nil: null }),
    change: fc.record({
      value: fc.constantFrom(...CHANGES),
      sinceMs: at,
      budgetMs: fc.option(fc.integer({ min: 0, max: 900_000 }), { nil: null }),
      energised: fc.constantFrom(true, false, null),
      safetyRestart: fc.option(fc.record({ sinceMs: at, maxMs: fc.integer({ min: 0, max: 90_000 }) }), {
        nil: null,
      }),
    }),
    manifest: fc.constantFrom("none" as const, "observed" as const, "signed" as const, "signed" as const),
    manifestHasSafety: fc.boolean(),
    findings: fc.array(anyFinding, { maxLength: 4 }),
    flapping: fc.boolean(),
    changesEnabled: fc.boolean(),
  })
  .map(situation);

/** A situation in which most things are well, so that nominal and its neighbours are met too. */
const mostlyWell: fc.Arbitrary<Situation> = fc
  .tuple(anySituation, fc.subarray(Object.keys(situation()) as (keyof Situation)[], { maxLength: 3 }))
  .map(([any, spoiled]) => situation(Object.fromEntries(spoiled.map((key) => [key, any[key]]))));

const some = fc.oneof(anySituation, mostlyWell);

test("the headline is total and deterministic, with a reason and no repeated chip [EXP-4]", () => {
  fc.assert(
    fc.property(some, (one) => {
      const first = headlineOf(one);
      expect(headlineOf(structuredClone(one))).toEqual(first);
      expect(HEADLINES).toContain(first.word);
      expect(first.reason.code).not.toBe("");
      const codes = first.chips.map(({ code }) => code);
      expect(new Set(codes).size).toBe(codes.length);
      expect(codes).not.toContain(first.word);
    }),
    { numRuns: 400 },
  );
});

/** The order of status.md; Degraded (stalled) stands above Updating, Degraded below. */
const ORDER = [
  "unsafe",
  "offline",
  "unknown",
  "stalled",
  "updating",
  "degraded",
  "drifted",
  "behind",
  "nominal",
];
function rank(one: Situation): number {
  const { word, variant } = headlineOf(one);
  return ORDER.indexOf(variant === "stalled" ? "stalled" : word);
}

/** Everything that can go wrong, as a step from well to not well; the change state stays as it is. */
const anyFault: fc.Arbitrary<(one: Situation) => Situation> = fc.oneof(
  anyFinding.map((added) => (one: Situation) => ({ ...one, findings: [...one.findings, added] })),
  since(SAFETIES).map((safety) => (one: Situation) => (one.safety.value === "ok" ? { ...one, safety } : one)),
  since(FUNCTIONS).map(
    (fn) => (one: Situation) => (one.function.value === "ok" ? { ...one, function: fn } : one),
  ),
  since(SOFTWARES).map(
    (software) => (one: Situation) => (one.software.value === "intact" ? { ...one, software } : one),
  ),
  since(CURRENCIES).map(
    (currency) => (one: Situation) => (one.currency.value === "current" ? { ...one, currency } : one),
  ),
  at.map((ms) => (one: Situation) => ({
    ...one,
    lastSeenMs: one.lastSeenMs === null ? null : Math.min(one.lastSeenMs, ms),
  })),
  fc.constantFrom<(one: Situation) => Situation>(
    (one) => ({ ...one, absence: "silent" as const }),
    (one) => ({ ...one, identity: "locked-out" }),
    (one) => ({ ...one, unverifiable: { value: { code: "clock-skew" }, sinceMs: NOW_MS } }),
    (one) => ({ ...one, manifest: "none" }),
    (one) => ({ ...one, flapping: true }),
    (one) => ({ ...one, service: "maintenance" }),
    (one) => ({ ...one, change: { ...one.change, energised: true } }),
  ),
);

test("for a fixed change state, adding a fault never improves the headline [EXP-4]", () => {
  fc.assert(
    fc.property(some, fc.array(anyFault, { minLength: 1, maxLength: 3 }), (one, faults) => {
      const worse = faults.reduce((so, fault) => fault(so), one);
      expect(rank(worse)).toBeLessThanOrEqual(rank(one));
    }),
    { numRuns: 1_500 },
  );
});

test("nominal means: nothing missing, nothing seen that differs, silence of at most 180 s [EXP-4, SEE-14]", () => {
  let nominal = 0;
  fc.assert(
    fc.property(some, (one) => {
      if (headlineOf(one).word !== "nominal") return;
      nominal += 1;
      expect(one.findings.filter((open) => open.class !== "info")).toEqual([]);
      expect(one.nowMs - Math.max(one.lastSeenMs ?? 0, one.observingSinceMs)).toBeLessThanOrEqual(180_000);
      expect(one.lastSeenMs).not.toBeNull();
      expect(one.manifest).not.toBe("none");
      expect(["ok", "none"]).toContain(one.safety.value);
      expect(one.function.value).toBe("ok");
      expect(["intact", "pending-reboot"]).toContain(one.software.value);
      expect(["live", "late"]).toContain(linkOf(one));
    }),
    { numRuns: 600 },
  );
  expect(nominal).toBeGreaterThan(20);
});

test("one finding of any class but info ends nominal, seen or not [EXP-4, SEE-14]", () => {
  fc.assert(
    fc.property(anyFinding, (open) => {
      const { word, chips } = headlineOf(situation({ findings: [open] }));
      if (open.class === "info") expect([word, chips[0]?.code]).toEqual(["nominal", "info"]);
      else expect(word).not.toBe("nominal");
    }),
    { numRuns: 300 },
  );
});

test("unsafe survives link loss and maintenance, and nothing but the declared restart excuses it [SEE-11]", () => {
  fc.assert(
    fc.property(some, fc.integer({ min: 0, max: 9_000_000 }), (one, laterMs) => {
      fc.pre(headlineOf(one).word === "unsafe");
      const later = { ...one, nowMs: one.nowMs + laterMs };
      expect(headlineOf({ ...later, service: "maintenance" }).word).toBe("unsafe");
      expect(headlineOf({ ...later, service: "out-of-service", absence: "silent" as const }).word).toBe(
        "unsafe",
      );
    }),
    { numRuns: 600 },
  );
});

test("a maintenance mark changes no word, unsafe least of all, and once its end has passed it is as if it had never been [EXP-4, SEE-11]", () => {
  fc.assert(
    fc.property(some, fc.integer({ min: -4_000_000, max: 4_000_000 }), (one, inMs) => {
      const inService = headlineOf({ ...one, service: "in-service" });
      const untilMs = one.nowMs + inMs;
      const marked = headlineOf({ ...one, service: "maintenance", serviceUntilMs: untilMs });
      expect({ ...marked, chips: [] }).toEqual({ ...inService, chips: [] });
      if (inMs < 0) expect(marked).toEqual(inService);
      else expect(marked.chips).toContainEqual({ code: "maintenance", params: { untilAtMs: untilMs } });
    }),
    { numRuns: 600 },
  );
});

test("the headline never depends on the currency while anything worse holds [EXP-4]", () => {
  fc.assert(
    fc.property(some, since(CURRENCIES), (one, currency) => {
      const { word, reason } = headlineOf(one);
      const moved = headlineOf({ ...one, currency });
      const harmless = ["behind", "nominal"];
      if (harmless.includes(word)) expect(harmless).toContain(moved.word);
      else expect({ word: moved.word, reason: moved.reason }).toEqual({ word, reason });
    }),
    { numRuns: 400 },
  );
});

test("until the next change told, time alone changes nothing", () => {
  fc.assert(
    fc.property(some, fc.double({ min: 0, max: 1, noNaN: true }), (one, share) => {
      const next = nextChangeMs(one);
      if (next !== null) expect(next).toBeGreaterThan(one.nowMs);
      const last = (next ?? one.nowMs + 10_000_000) - 1;
      const between = Math.floor(one.nowMs + (last - one.nowMs) * share);
      for (const nowMs of [between, last]) expect(headlineOf({ ...one, nowMs })).toEqual(headlineOf(one));
    }),
    { numRuns: 600 },
  );
});

test("a nominal scanner is looked at again when it may become late, and a retired silence never", () => {
  expect(nextChangeMs(situation())).toBe(NOW_MS - 5_000 + 45_001);
  expect(nextChangeMs(situation({ lastSeenMs: null }))).toBeNull();
  expect(nextChangeMs(situation({ lastSeenMs: NOW_MS - 200_000 }))).toBeNull();
});
