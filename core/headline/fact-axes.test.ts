import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareIntact } from "#core/finding/compare.ts";
import { adoptedManifest, proposeBaseline } from "#core/manifest/adopt.ts";
import type { Item } from "#core/manifest/item.ts";
import { basisOf, type KnownRelease } from "#core/manifest/released.ts";
import {
  EXAMPLE_VALUES,
  exampleFacts,
  OTHER_TOPLEVEL,
  TOPLEVEL,
  withoutFact,
} from "#core/report/example-facts.ts";
import { observed, unknown } from "#core/report/fact.ts";
import type { FactKind } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import { changeOf } from "./change-axis.ts";
import { factAxes } from "./fact-axes.ts";
import { isTripEvidence } from "./safety-axis.ts";

const last = EXAMPLE_VALUES.safety.last!;
const verification = EXAMPLE_VALUES.verification;

function adopt(facts: Facts, change: Partial<KnownRelease> = {}, extra: Item[] = []): KnownRelease {
  const adopted = adoptedManifest(
    facts,
    proposeBaseline(facts).map(({ item }) => item),
  );
  if (!adopted.ok) throw new Error(adopted.item);
  const manifest = { ...adopted.manifest, items: [...adopted.manifest.items, ...extra] };
  return {
    releaseId: "r" as never,
    toplevel: manifest.toplevel,
    counter: 5,
    origin: "signed",
    own: true,
    createdAtMs: 1,
    manifest,
    ...change,
  };
}

const BASELINE = adopt(exampleFacts());
const bare = (items: Item[] = []): KnownRelease => ({
  ...BASELINE,
  manifest: { ...BASELINE.manifest, items },
});

function judge(facts: Facts, release: KnownRelease | null = BASELINE, pinned: KnownRelease | null = release) {
  const basis = basisOf(facts, release === null ? [] : [release], pinned);
  const compared =
    basis.release === null ? [] : compareIntact(basis.release.manifest, facts, { observedAgoMs: 0 });
  const change = changeOf(facts, null, { atMs: 1_000, skewMs: 0 });
  return { axes: factAxes({ facts, basis, compared, pinned, change }), compared };
}
const axes = (facts: Facts, release?: KnownRelease | null, pinned?: KnownRelease | null) =>
  judge(facts, release, pinned).axes;
const closures = (change: Partial<typeof EXAMPLE_VALUES.closures>) =>
  ({ ...exampleFacts(), closures: observed({ ...EXAMPLE_VALUES.closures, ...change }) }) as Facts;
const elsewhere = observed({ path: OTHER_TOPLEVEL, generation: null, sinceMs: null });

test("a scanner that is what its release says is well on every axis", () => {
  expect(axes(exampleFacts())).toMatchObject({
    safety: "ok",
    function: "ok",
    software: "intact",
    currency: "current",
  });
});

test("for a known running release, all findings and axes but currency are equal under any two pins [EXP-4]", () => {
  const pin = fc.option(
    fc
      .record({
        toplevel: fc.constantFrom(TOPLEVEL, OTHER_TOPLEVEL, null),
        counter: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
        origin: fc.constantFrom("signed" as const, "observed" as const),
        items: fc.subarray(BASELINE.manifest.items),
      })
      .map(
        ({ items, ...rest }): KnownRelease => ({
          ...BASELINE,
          ...rest,
          releaseId: "p" as never,
          manifest: { ...BASELINE.manifest, items },
        }),
      ),
    { nil: null },
  );
  const facts = fc
    .tuple(
      fc.subarray(Object.keys(EXAMPLE_VALUES).filter((kind) => kind !== "closures") as FactKind[]),
      fc.constantFrom(...(["ok", "tripped", "bypassed"] as const)),
    )
    .map(([lost, state]) =>
      lost.reduce<Facts>(
        (left, kind) => withoutFact(left, kind),
        exampleFacts({ safety: { last: { ...last, state } } }),
      ),
    );
  fc.assert(
    fc.property(facts, pin, pin, (seen, one, other) => {
      const a = judge(seen, BASELINE, one);
      const b = judge(seen, BASELINE, other);
      expect(a.compared).toEqual(b.compared);
      const { currency: _a, reasons: ra, ...restA } = a.axes;
      const { currency: _b, reasons: rb, ...restB } = b.axes;
      expect(restA).toEqual(restB);
      expect({ ...ra, currency: null }).toEqual({ ...rb, currency: null });
    }),
  );
});

describe("safety [SEE-11]", () => {
  test.each<[string, Facts, string, string]>([
    ["says ok", exampleFacts(), "ok", "safety-ok"],
    [
      "says warning",
      exampleFacts({ safety: { last: { ...last, state: "warning" } } }),
      "warning",
      "safety-warning",
    ],
    [
      "says a limit is exceeded",
      exampleFacts({ safety: { last: { ...last, state: "limit-exceeded" } } }),
      "limit-exceeded",
      "safety-limit",
    ],
    [
      "says a word nobody knows",
      exampleFacts({ safety: { last: { ...last, state: "unknown" } } }),
      "unknown",
      "safety-not-seen",
    ],
    [
      "says ok with a bypass [F11]",
      exampleFacts({ safety: { last: { ...last, bypasses: ["lna"] } } }),
      "bypassed",
      "safety-bypassed",
    ],
    [
      "says ok with a bridged chain",
      exampleFacts({
        safety: { last: { ...last, chain: [last.chain[0]!, { id: "door", state: "bypassed" }] } },
      }),
      "bypassed",
      "safety-bypassed",
    ],
    [
      "is tripped by the e-stop [F26]",
      exampleFacts({
        safety: {
          last: {
            ...last,
            state: "tripped",
            permission: false,
            chain: [{ id: "estop", label: "E-stop", state: "open" }, last.chain[1]!],
          },
        },
      }),
      "tripped",
      "safety-tripped",
    ],
    [
      "says ok with an open chain",
      exampleFacts({
        safety: { last: { ...last, chain: [{ id: "estop", state: "open" }, last.chain[1]!] } },
      }),
      "config-mismatch",
      "safety-item",
    ],
    [
      "has other limits [F13]",
      exampleFacts({ safety: { last: { ...last, limitsHash: "bb" } } }),
      "config-mismatch",
      "safety-item",
    ],
    ["has a slow heartbeat", exampleFacts({ safety: { heartbeatAgeMs: 2_001 } }), "lost", "safety-item"],
    ["is silent [F12]", exampleFacts({ safety: { link: "silent" } }), "lost", "safety-silent"],
    ["talks garbage", exampleFacts({ safety: { link: "garbage" } }), "lost", "safety-garbage"],
    ["is gone", exampleFacts({ safety: { link: "absent", last: null } }), "lost", "safety-absent"],
    [
      "cannot be read",
      exampleFacts({ safety: { link: "unknown", last: null } }),
      "unknown",
      "safety-not-seen",
    ],
    ["is connected without a word", exampleFacts({ safety: { last: null } }), "unknown", "safety-not-seen"],
    ["is not reported", withoutFact(exampleFacts(), "safety"), "unknown", "safety-not-seen"],
    ["is unknown", { ...exampleFacts(), safety: unknown("denied") }, "unknown", "safety-not-seen"],
  ])("a daemon that %s gives %s", (_title, facts, value, code) => {
    expect(axes(facts)).toMatchObject({ safety: value, reasons: { safety: { code } } });
  });

  test("where none is expected, an absent daemon is none, and one that speaks is believed", () => {
    expect(axes(withoutFact(exampleFacts(), "safety"), bare()).safety).toBe("none");
    expect(axes(exampleFacts({ safety: { link: "absent" } }), bare()).safety).toBe("none");
    expect(axes(exampleFacts({ safety: { link: "silent" } }), bare()).safety).toBe("lost");
    expect(axes(exampleFacts({ safety: { last: { ...last, state: "bypassed" } } }), bare()).safety).toBe(
      "bypassed",
    );
  });

  test("items without a daemon protect nobody when they are equal, and say so when they are not [F04, SEE-14]", () => {
    const ident: Item = {
      id: "su.ident",
      kind: "provided",
      args: { owner: "daq", id: "calibration" },
      expect: { op: "eq", want: 11 },
      class: "safety",
      while: "always",
    };
    const facts = withoutFact(exampleFacts(), "safety");
    expect(axes(facts, bare([ident]))).toMatchObject({
      safety: "none",
      reasons: { safety: { code: "no-safety-daemon", params: { count: 1 } } },
    });
    expect(axes(facts, bare([{ ...ident, expect: { op: "eq", want: 12 } }])).safety).toBe("config-mismatch");
    expect(axes(withoutFact(facts, "provided"), bare([ident])).safety).toBe("unknown");
  });
});

test("a trip shows in the cut chain, the word and the lost permission, and in nothing else [F26]", () => {
  const shown = (kind: string, actual: string | boolean) => isTripEvidence({ kind, actual });
  expect([
    shown("safety-chain", "open"),
    shown("safety-state", "tripped"),
    shown("safety-permission", false),
  ]).toEqual([true, true, true]);
  expect([
    shown("safety-chain", "bypassed"),
    shown("safety-state", "warning"),
    shown("safety-permission", true),
    shown("unit", false),
  ]).toEqual([false, false, false, false]);
});

describe("function", () => {
  const fn = (kind: string): Item => ({
    id: kind,
    kind,
    args: {},
    expect: { op: "eq", want: true },
    class: "function",
    while: "always",
  });

  test("failed is what was seen, unknown what was not, and failed is the worse news", () => {
    expect(axes(exampleFacts(), bare([fn("kernel-release")])).function).toBe("failed");
    expect(axes(exampleFacts(), bare([fn("newer")])).function).toBe("unknown");
    expect(axes(exampleFacts(), bare([fn("newer"), fn("kernel-release")]))).toMatchObject({
      function: "failed",
      reasons: { function: { code: "items-differ", params: { count: 1, item: "kernel-release" } } },
    });
  });

  test("without a baseline nothing is ok; without items it says that none was compared", () => {
    expect(axes(exampleFacts(), null)).toMatchObject({
      function: "unknown",
      software: "unknown",
      currency: "unpinned",
    });
    expect(axes(exampleFacts(), bare())).toMatchObject({
      function: "ok",
      reasons: { function: { code: "no-items" } },
    });
  });
});

describe("software", () => {
  const drift = { ...exampleFacts({ kernel: { release: "6.1" } }) };

  test.each<[string, Facts, string]>([
    [
      "damaged paths [SEE-3]",
      exampleFacts({
        verification: { ...verification, bad: [{ path: "/x", problem: "truncated" }], moreBad: 2 },
      }),
      "damaged",
    ],
    ["a verification nobody saw", { ...exampleFacts(), verification: unknown("not-yet") }, "intact"],
    ["another kernel", drift, "drifted"],
    ["an unseen booted system", closures({ booted: unknown("denied") }), "unknown"],
    ["units that were not reported", withoutFact(exampleFacts(), "units"), "unknown"],
    ["units that were not reported and another kernel", withoutFact(drift, "units"), "drifted"],
  ])("%s is %s", (_title, facts, value) => {
    expect(axes(facts).software).toBe(value);
  });

  test("another booted system is a pending reboot, also where no item says so [F15]", () => {
    expect(axes(closures({ booted: elsewhere }), bare()).software).toBe("pending-reboot");
  });

  test("a toplevel that no release knows is untracked, compared with the pin [F14, EXP-4]", () => {
    const { axes: judged, compared } = judge(closures({ running: elsewhere, booted: elsewhere }));
    expect(judged).toMatchObject({
      software: "untracked",
      currency: "behind",
      reasons: { currency: { code: "not-the-pin" } },
    });
    expect(compared.find(({ item }) => item.id === "closure.running")?.finding?.problem).toBe("differs");
  });

  test("what runs not being seen is unknown, whatever else was seen", () => {
    const unseen = {
      ...exampleFacts({ verification: { ...verification, moreBad: 1 } }),
      closures: unknown("denied"),
    };
    expect(axes(unseen)).toMatchObject({
      software: "unknown",
      currency: "behind",
      reasons: { currency: { code: "running-not-seen" } },
    });
  });

  test("a host without NixOS is intact by its own baseline [EXP-8]", () => {
    const debian: Facts = { ...exampleFacts({ host: { os: "other" } }), closures: unknown("not-nixos") };
    const own = adopt(debian, { origin: "observed", counter: null });
    expect(axes(debian, own)).toMatchObject({ software: "intact", currency: "current", safety: "ok" });
    expect(axes(debian, own, { ...own, releaseId: "other" as never })).toMatchObject({ currency: "behind" });
    expect(axes(debian, own, { ...own, toplevel: TOPLEVEL })).toMatchObject({
      currency: "behind",
      software: "intact",
    });
  });
});

describe("currency", () => {
  const pin = (counter: number | null, toplevel: string | null = OTHER_TOPLEVEL) => ({
    ...BASELINE,
    counter,
    toplevel,
  });

  test.each<[string, KnownRelease | null, string, string]>([
    ["no pin", null, "unpinned", "no-pin"],
    [
      "the same system under another release",
      { ...pin(9, TOPLEVEL), releaseId: "again" as never },
      "current",
      "runs-the-pin",
    ],
    [
      "an adopted baseline, which nobody pinned",
      { ...pin(null, TOPLEVEL), origin: "observed" },
      "current",
      "runs-the-baseline",
    ],
    [
      "another system than the adopted baseline",
      { ...pin(null), origin: "observed" },
      "behind",
      "not-the-baseline",
    ],
    ["a newer pin", pin(6), "behind", "not-the-pin"],
    ["an older pin", pin(4), "ahead", "newer-than-pin"],
    ["a pin that cannot be ordered", pin(null), "behind", "not-the-pin"],
  ])("%s is told apart", (_title, pinned, value, code) => {
    expect(axes(exampleFacts(), BASELINE, pinned)).toMatchObject({
      currency: value,
      reasons: { currency: { code } },
    });
  });

  test("an observed baseline has no counter and is never ahead", () => {
    expect(axes(exampleFacts(), { ...BASELINE, counter: null }, pin(1)).currency).toBe("behind");
  });
});
