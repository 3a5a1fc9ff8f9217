import { describe, expect, test } from "vitest";
import { CATALOGUE, isKey } from "#core/message/catalogue.ts";
import { HEADLINES } from "./axes.ts";
import { ENCODINGS, FILLS, markOf } from "./encoding.ts";
import { finding, NOW_MS, situation } from "./example-situation.ts";
import { headlineOf, RULES } from "./headline.ts";
import { linkOf } from "./link.ts";
import type { Situation } from "./situation.ts";

const since = <T>(value: T, agoMs = 10_000_000) => ({ value, sinceMs: NOW_MS - agoMs });
const change = (
  value: Situation["change"]["value"],
  agoMs: number,
  more: Partial<Situation["change"]> = {},
) => ({
  ...since(value, agoMs),
  budgetMs: null,
  energised: null,
  ...more,
});
const silent = (agoMs: number) => ({ lastSeenMs: NOW_MS - agoMs });
const missing = (agoMs: number) =>
  finding({ class: "safety", problem: "unknown", actual: null, sinceMs: NOW_MS - agoMs });
const chips = (one: Situation) => headlineOf(one).chips.map(({ code }) => code);

/** rule, word and variant, what it takes */
const CASES: [string, string, Partial<Situation>][] = [
  ["safety-lost", "unsafe", { safety: since("lost") }],
  ["safety-bypassed", "unsafe", { safety: since("bypassed") }],
  ["safety-limit", "unsafe", { safety: since("limit-exceeded") }],
  ["safety-config", "unsafe", { safety: since("config-mismatch") }],
  ["safety-finding", "unsafe", { findings: [finding({ class: "safety" })] }],
  ["safety-missing", "unsafe", { findings: [missing(30_001)] }],
  ["safety-tripped", "unsafe tripped", { safety: since("tripped") }],
  ["offline", "offline", silent(180_001)],
  ["never-reported", "unknown", { lastSeenMs: null }],
  ["locked-out", "unknown", { identity: "locked-out" }],
  ["unverifiable", "unknown", { unverifiable: since({ code: "clock-skew", params: { skewMs: 400_000 } }) }],
  ["no-baseline", "unknown", { manifest: "none" }],
  ["safety-not-seen", "unknown", { findings: [missing(30_000)] }],
  ["items-not-seen", "unknown", { findings: [finding({ problem: "not-reported", class: "function" })] }],
  ["function-not-seen", "unknown", { function: since("unknown") }],
  ["software-not-seen", "unknown", { software: since("unknown") }],
  ["rollback-failed", "degraded stalled", { change: change("rollback-failed", 0) }],
  ["change-stalled", "degraded stalled", { change: change("activating", 300_001) }],
  [
    "probation-failing",
    "degraded stalled",
    { change: change("probation", 1), findings: [finding({ class: "function" })] },
  ],
  ["updating", "updating", { change: change("activating", 300_000) }],
  ["function-finding", "degraded", { findings: [finding({ class: "function" })] }],
  ["function-failed", "degraded", { function: since("failed") }],
  ["safety-warning", "degraded", { safety: since("warning") }],
  ["damaged", "degraded", { software: since("damaged") }],
  ["untracked", "drifted", { software: since("untracked") }],
  ["config-finding", "drifted", { findings: [finding()] }],
  ["drifted", "drifted", { software: since("drifted") }],
  ["pending-reboot", "drifted", { software: since("pending-reboot") }],
  ["overdue", "behind overdue", { currency: since("behind"), dueMs: NOW_MS - 1 }],
  ["behind", "behind", { currency: since("behind"), dueMs: NOW_MS }],
];

describe("the precedence of status.md [EXP-4]", () => {
  test("the order of the table is the order of the page", () => {
    expect(RULES.map(({ id }) => id)).toEqual(CASES.map(([id]) => id));
  });

  test.each(CASES)("%s gives %s", (_id, words, more) => {
    const { word, variant } = headlineOf(situation(more));
    expect([word, variant].filter(Boolean).join(" ")).toBe(words);
  });

  test("each rule gives way to those above it and to none below", () => {
    for (const [at, [id, words, more]] of CASES.entries()) {
      const own = new Set(Object.keys(more));
      const below = CASES.slice(at + 1).filter(([, , other]) =>
        Object.keys(other).every((key) => !own.has(key)),
      );
      for (const [lower, , other] of below) {
        // A scanner that never reported has no facts in which safety could be missing.
        if (id === "safety-missing" && lower === "never-reported") continue;
        const { word, variant } = headlineOf(situation({ ...other, ...more }));
        expect([word, variant].filter(Boolean).join(" "), `${id} over ${lower}`).toBe(
          words === "unsafe" && lower === "offline" ? "unsafe last-known" : words,
        );
      }
    }
  });

  test("every reason has a sentence", () => {
    for (const [id, , more] of CASES) {
      const { reason } = headlineOf(situation(more));
      expect(isKey(`reason.${reason.code}`), `${id}: ${reason.code}`).toBe(true);
    }
  });

  test("nominal is what is left when every item was compared and is equal", () => {
    expect(headlineOf(situation())).toEqual({
      word: "nominal",
      variant: null,
      reason: { code: "all-equal" },
      chips: [],
    });
  });

  test("retired is excluded, whatever else is wrong", () => {
    expect(headlineOf(situation({ service: "retired", safety: since("lost") }))).toMatchObject({
      word: "retired",
      chips: [],
    });
  });
});

describe("unsafe", () => {
  test("is sticky through silence and says that it is the last word known", () => {
    const one = situation({ safety: since("bypassed"), ...silent(7_200_000) });
    expect(headlineOf(one)).toMatchObject({ word: "unsafe", variant: "last-known" });
    expect(chips(one)).toEqual(["last-known", "offline"]);
    expect(headlineOf(situation({ safety: since("tripped"), ...silent(7_200_000) }))).toMatchObject({
      variant: "tripped",
    });
  });

  test("is never muted by maintenance", () => {
    const one = situation({ safety: since("lost"), service: "maintenance" });
    expect(headlineOf(one).word).toBe("unsafe");
    expect(chips(one)).toEqual(["maintenance"]);
    const untilAtMs = NOW_MS + 60_000;
    expect(headlineOf({ ...one, serviceUntilMs: untilAtMs }).chips).toMatchObject([
      { code: "maintenance", params: { untilAtMs } },
    ]);
  });

  test("a safety axis nobody could read for over 30 s is unsafe where safety is expected [SEE-14]", () => {
    expect(headlineOf(situation({ safety: since("unknown", 30_001) }))).toMatchObject({
      word: "unsafe",
      reason: { code: "safety-missing" },
    });
    expect(headlineOf(situation({ safety: since("unknown", 30_000) })).word).toBe("unknown");
    expect(headlineOf(situation({ safety: since("unknown"), manifestHasSafety: false })).word).toBe(
      "unknown",
    );
    expect(headlineOf(situation({ safety: since("unknown"), lastSeenMs: null }))).toMatchObject({
      word: "unknown",
      reason: { code: "never-reported" },
    });
  });

  test("an e-stop that was pressed is tripped, although its chain element is an open safety finding [F26]", () => {
    const chain = finding({
      class: "safety",
      kind: "safety-chain",
      actual: "open",
      itemId: "safety.chain.estop",
    });
    const tripped = situation({ safety: since("tripped"), findings: [chain] });
    expect(headlineOf(tripped)).toMatchObject({ variant: "tripped" });
    expect(headlineOf(situation({ safety: since("ok"), findings: [chain] }))).toMatchObject({
      word: "unsafe",
      variant: null,
    });
    const other = finding({ class: "safety", kind: "provided", itemId: "su.ident" });
    expect(headlineOf({ ...tripped, findings: [chain, other] })).toMatchObject({
      variant: null,
      reason: { params: { item: "su.ident" } },
    });
    const info = finding({ class: "info", kind: "safety-state", actual: "tripped" });
    expect(chips({ ...tripped, findings: [info] })).toContain("info");
  });

  test("names the item that does not hold", () => {
    const items = [finding({ class: "safety", itemId: "safety.limits" })];
    expect(
      headlineOf(situation({ safety: since("config-mismatch"), findings: items })).reason.params,
    ).toEqual({ item: "safety.limits" });
  });
});

describe("the declared restart of the safety daemon", () => {
  const gone = [finding({ class: "safety", kind: "safety-link", actual: "silent" }), missing(40_000)];
  const restart = (more: Partial<Situation["change"]> = {}, rest: Partial<Situation> = {}) =>
    situation({
      safety: since("lost"),
      findings: gone,
      change: change("activating", 60_000, {
        energised: false,
        safetyRestart: { sinceMs: NOW_MS - 20_000, maxMs: 30_000 },
        ...more,
      }),
      ...rest,
    });

  test("is the one exception: the daemon's absence is an update", () => {
    expect(headlineOf(restart()).word).toBe("updating");
    expect(headlineOf(restart({}, { safety: since("unknown") })).word).toBe("updating");
    const drifted = restart({}, { findings: [...gone, finding()] });
    expect(headlineOf(drifted).word).toBe("updating");
  });

  test.each<[string, Situation]>([
    ["energised", restart({ energised: true })],
    ["not known to be off", restart({ energised: null })],
    ["over its time", restart({ safetyRestart: { sinceMs: NOW_MS - 30_001, maxMs: 30_000 } })],
    [
      "over the cap, whatever the contract says",
      restart({ safetyRestart: { sinceMs: NOW_MS - 60_001, maxMs: 600_000 } }),
    ],
    ["not declared", restart({ safetyRestart: null })],
    ["outside a running change", restart({ value: "staged" })],
    ["with a protection switched off", restart({}, { safety: since("bypassed") })],
    [
      "with a wrong limit",
      restart({}, { findings: [...gone, finding({ class: "safety", kind: "safety-limits" })] }),
    ],
  ])("does not hold when %s", (_title, one) => {
    expect(headlineOf(one).word).toBe("unsafe");
  });
});

describe("silence", () => {
  test.each([
    [45_000, "live"],
    [45_001, "late"],
    [180_000, "late"],
    [180_001, "offline"],
  ])("of %i ms is %s", (agoMs, link) => {
    expect(linkOf(situation(silent(agoMs)))).toBe(link);
  });

  test("counts from when the server listens: its own outage makes nobody offline", () => {
    const one = situation({ ...silent(9_000_000), observingSinceMs: NOW_MS - 10_000 });
    expect(linkOf(one)).toBe("live");
    expect(headlineOf(one).word).toBe("nominal");
  });

  test("from before the server's own outage goes on, and nothing is said to have come [V-02, SEE-14]", () => {
    const one = situation({ ...silent(9_000_000), observingSinceMs: NOW_MS - 10_000, absence: "silent" });
    expect(linkOf(one)).toBe("offline");
    expect(headlineOf(one)).toMatchObject({ word: "offline", reason: { code: "no-report" } });
  });

  test("ends with the second message [F28]", () => {
    const one = situation({ absence: "returning" });
    expect(headlineOf(one)).toMatchObject({ word: "offline", reason: { code: "link-returning" } });
    expect(linkOf(situation({ absence: "returning", lastSeenMs: null }))).toBe("never");
  });

  test("is expected of a reboot inside its budget, and only of a reboot", () => {
    const reboot = (value: "rebooting" | "rolling-back" | "probation", agoMs: number) =>
      headlineOf(situation({ ...silent(200_000), change: change(value, agoMs) })).word;
    expect(reboot("rebooting", 600_000)).toBe("updating");
    expect(reboot("rolling-back", 600_000)).toBe("updating");
    expect(reboot("rebooting", 600_001)).toBe("offline");
    expect(reboot("probation", 1)).toBe("offline");
  });

  test("that is only late is a chip", () => {
    expect(headlineOf(situation({ ...silent(46_000), flapping: true }))).toMatchObject({
      word: "nominal",
      chips: [{ code: "late" }, { code: "flapping" }],
    });
  });
});

describe("a change", () => {
  test("stalls by the budget of its contract, else by the default of its phase [F16]", () => {
    expect(headlineOf(situation({ change: change("activating", 400_000, { budgetMs: 500_000 }) })).word).toBe(
      "updating",
    );
    expect(headlineOf(situation({ change: change("activating", 2_000, { budgetMs: 1_000 }) }))).toMatchObject(
      { variant: "stalled" },
    );
    expect(headlineOf(situation({ change: change("waiting", 9_000_000, { budgetMs: 1 }) })).word).toBe(
      "nominal",
    );
  });

  test("that leaves the scanner working is a chip", () => {
    expect(headlineOf(situation({ change: change("downloading", 1, { percent: 34 }) }))).toMatchObject({
      word: "nominal",
      chips: [{ code: "downloading", params: { percent: 34 } }],
    });
    expect(chips(situation({ change: change("downloading", 1) }))).toEqual(["downloading"]);
    expect(chips(situation({ change: change("staged", 1) }))).toEqual(["staged"]);
  });

  test("that waits for its window explains the other boot [F15]", () => {
    for (const value of ["waiting", "staged"] as const) {
      const one = situation({ software: since("pending-reboot"), change: change(value, 1) });
      expect(headlineOf(one).word).toBe("nominal");
      expect(chips(one)).toEqual([value, "pending-reboot"]);
    }
  });

  test("in probation fails with the function axis, with or without an item", () => {
    expect(
      headlineOf(situation({ function: since("failed"), change: change("probation", 1) })),
    ).toMatchObject({ variant: "stalled", reason: { code: "probation-failing" } });
  });
});

test("chips tell the hidden truths in one order", () => {
  const one = situation({
    function: since("failed"),
    software: since("drifted"),
    currency: since("behind"),
    currencyReason: { code: "not-the-pin" },
    findings: [finding({ class: "info" }), finding({ class: "info", problem: "unknown" })],
    service: "out-of-service",
    manifest: "observed",
    changesEnabled: false,
  });
  expect(headlineOf(one).chips).toEqual([
    { code: "drifted" },
    { code: "behind" },
    { code: "info", params: { count: 2 } },
    { code: "out-of-service" },
    { code: "observed-baseline" },
    { code: "changes-off" },
  ]);
  expect(chips(situation({ currency: since("ahead") }))).toEqual(["ahead"]);
  expect(chips(situation({ manifest: "none", currency: since("unpinned") }))).toEqual(["unpinned"]);
});

test("why it is behind is the reason, where it is known", () => {
  const currencyReason = { code: "not-the-pin" };
  expect(headlineOf(situation({ currency: since("behind"), currencyReason })).reason).toBe(currencyReason);
});

test("every headline is drawn with its own word, shape and fill", () => {
  for (const word of HEADLINES) expect(ENCODINGS[word].word).toBe(`headline.${word}`);
  const drawn = Object.values(ENCODINGS);
  expect(new Set(drawn.map(({ word }) => CATALOGUE[word].en)).size).toBe(drawn.length);
  for (const { fill } of drawn) expect(FILLS).toContain(fill);
  const looks = Object.entries(ENCODINGS)
    .filter(([mark]) => mark !== "overdue")
    .map(([, { icon }]) => icon);
  expect(new Set(looks).size).toBe(looks.length);
  expect(markOf({ word: "unsafe", variant: "tripped" })).toBe("tripped");
  expect(markOf({ word: "behind", variant: "overdue" })).toBe("overdue");
  expect(markOf({ word: "unsafe", variant: "last-known" })).toBe("unsafe");
});
