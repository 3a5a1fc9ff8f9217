import { describe, expect, test } from "vitest";
import { isKey } from "#core/message/catalogue.ts";
import type { ChangeTold } from "#core/report/change-kind.ts";
import { exampleFacts, OTHER_TOPLEVEL, TOPLEVEL, withoutFact } from "#core/report/example-facts.ts";
import { unknown } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";
import { CHANGES } from "./axes.ts";
import { behindReason } from "./behind.ts";
import { type BelievedChange, changeOf } from "./change-axis.ts";
import { NOW_MS, situation } from "./example-situation.ts";
import { headlineOf } from "./headline.ts";
import { linkOf } from "./link.ts";

const MINUTE = 60_000;
const moment = { atMs: NOW_MS, skewMs: 0 };
const told = (change: Partial<ChangeTold>) =>
  exampleFacts({ change: { sinceMs: NOW_MS - MINUTE, changeId: "c1", ...change } });
const believed = (facts: Facts, before: BelievedChange | null = null, at = moment) =>
  changeOf(facts, before, at);
const pin = (toplevel = OTHER_TOPLEVEL, origin: "signed" | "observed" = "signed") => ({
  releaseId: "r" as never,
  toplevel,
  counter: 2,
  origin,
});
const behind = (change: BelievedChange, pinned = pin()) =>
  situation({
    currency: { value: "behind", sinceMs: 1 },
    currencyReason: behindReason(change, pinned),
    change,
  });
const chips = (change: BelievedChange) =>
  headlineOf(situation({ change })).chips.filter(({ code }) => code !== "changes-off");

describe("what is not known of a change is never none [SEE-14]", () => {
  test.each<[string, Facts, string]>([
    ["a file that may not be read", { ...exampleFacts(), change: unknown("denied") }, "denied"],
    ["a word that is newer than this program", told({ state: "unknown" }), "change-word-unknown"],
    [
      "an agent that makes changes and does not speak of them",
      withoutFact(exampleFacts({ agent: { changesEnabled: true } }), "change"),
      "not-reported",
    ],
  ])("%s is unknown, and said beside the word", (_title, facts, code) => {
    const change = believed(facts);
    expect(change).toMatchObject({ value: "unknown", unseen: { code } });
    expect(isKey(`unknown.${code}`)).toBe(true);
    expect(chips(change)).toEqual([{ code: "change-unknown" }]);
    expect(headlineOf({ ...situation({ change }), lastSeenMs: null }).chips).toEqual([]);
  });

  test("facts from before there were changes are judged as ever: their agent says that it makes none", () => {
    const change = believed(withoutFact(exampleFacts(), "change"));
    expect(change).toMatchObject({ value: "none", unseen: null });
    expect(headlineOf(situation({ change }))).toMatchObject({ word: "nominal", chips: [] });
  });

  test("a scanner on which nothing was ever changed says none", () => {
    expect(believed(exampleFacts())).toMatchObject({ value: "none", sinceMs: NOW_MS, unseen: null });
  });
});

describe("a phase lasts from when it was first believed [F16]", () => {
  test("the scanner's own moment counts, corrected by its clock and never in the future", () => {
    const ago = told({ state: "activating", sinceMs: NOW_MS - 10 * MINUTE });
    expect(believed(ago).sinceMs).toBe(NOW_MS - 10 * MINUTE);
    expect(believed(ago, null, { atMs: NOW_MS, skewMs: MINUTE }).sinceMs).toBe(NOW_MS - 11 * MINUTE);
    expect(believed(told({ state: "activating", sinceMs: NOW_MS + 1e9 })).sinceMs).toBe(NOW_MS);
  });

  test("a later moment with every report does not keep it young; another change or phase does begin anew", () => {
    const first = believed(told({ state: "activating" }));
    const again = believed(told({ state: "activating", sinceMs: NOW_MS }), first);
    expect(again.sinceMs).toBe(first.sinceMs);
    expect(believed(told({ state: "activating", sinceMs: NOW_MS, changeId: "c2" }), first).sinceMs).toBe(
      NOW_MS,
    );
    expect(believed(told({ state: "rebooting", sinceMs: NOW_MS }), first).sinceMs).toBe(NOW_MS);
  });

  test("no word of the scanner excuses its silence for longer than half an hour", () => {
    const change = believed(told({ state: "rebooting", sinceMs: NOW_MS, budgetMs: 24 * 60 * MINUTE }));
    const later = (minutes: number) =>
      situation({ change, nowMs: NOW_MS + minutes * MINUTE, lastSeenMs: NOW_MS });
    expect(linkOf(later(20))).toBe("offline");
    expect(headlineOf(later(20)).word).toBe("updating");
    expect(headlineOf(later(31)).word).toBe("offline");
    expect(believed(told({ state: "downloading", budgetMs: 90 * MINUTE })).budgetMs).toBe(90 * MINUTE);
  });
});

describe("the faults of a change", () => {
  test("an activation that hangs is degraded, stalled [F16]", () => {
    const change = believed(told({ state: "activating", sinceMs: NOW_MS - 6 * MINUTE }));
    expect(headlineOf(situation({ change }))).toMatchObject({
      word: "degraded",
      variant: "stalled",
      reason: { code: "change-stalled", params: { phase: "activating" } },
    });
  });

  test("a new generation that did not boot is behind, rolled back and blocked here [F17]", () => {
    const change = believed(told({ state: "rolled-back", reason: "boot-failed", to: OTHER_TOPLEVEL }));
    expect(headlineOf(behind(change))).toMatchObject({
      word: "behind",
      reason: { code: "behind-rolled-back", params: { why: "boot-failed" } },
      chips: [{ code: "rolled-back", params: { why: "boot-failed" } }],
    });
  });

  test.each(["refused", "waiting"] as const)("a full disk (%s) is behind, blocked here [F18]", (state) => {
    const change = believed(told({ state, reason: "disk-full" }));
    expect(headlineOf(behind(change))).toMatchObject({
      word: "behind",
      reason: { code: "behind-blocked", params: { why: "disk-full" } },
    });
  });

  test("a signature that is not valid leaves the word as it is, and is said beside it [F20]", () => {
    const change = believed(told({ state: "refused", reason: "bad-signature" }));
    expect(headlineOf(situation({ change }))).toMatchObject({
      word: "nominal",
      chips: [{ code: "refused", params: { why: "bad-signature" } }],
    });
  });

  test.each(["window", "consent", "interlock"])("a change that waits for %s says so", (why) => {
    const change = believed(told({ state: "waiting", reason: why }));
    expect(headlineOf(behind(change)).reason).toEqual({
      code: "behind-waiting",
      params: { phase: "waiting", why },
    });
    expect(isKey(`blocked.${why}`)).toBe(true);
  });

  test("a change to another system says nothing about this pin, nor does any about a baseline that was adopted", () => {
    const elsewhere = believed(told({ state: "rolled-back", to: TOPLEVEL }));
    expect(behindReason(elsewhere, pin())).toEqual({ code: "not-the-pin" });
    expect(behindReason(elsewhere, pin(TOPLEVEL)).code).toBe("behind-rolled-back");
    expect(behindReason(elsewhere, pin(TOPLEVEL, "observed"))).toEqual({ code: "not-the-baseline" });
    expect(behindReason(believed(told({ state: "staged", to: "2026.10.2" })), pin()).code).toBe(
      "behind-under-way",
    );
  });

  test("every state has a reason with a sentence, whatever word explains it", () => {
    for (const state of CHANGES) {
      const { code } = behindReason(believed(told({ state, reason: "of-tomorrow" })), pin());
      expect(isKey(`reason.${code}`), code).toBe(true);
    }
    expect(behindReason(believed(exampleFacts()), pin())).toEqual({ code: "not-the-pin" });
  });
});
