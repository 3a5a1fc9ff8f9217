import { describe, expect, test } from "vitest";
import {
  type Carried,
  decideCarry,
  notToBeCarried,
  type StickSaid,
  type StickStep,
  stickState,
} from "#core/change/stick.ts";

const NOW = 1_000_000;
const END = 9_000_000;
const open: Carried = { state: "offered", ended: false, cancelled: false, notAfterMs: END };
const said = (id: string, step: StickStep, more: Partial<StickSaid> = {}): StickSaid => ({
  ...{ id, step, by: "ann", atMs: 10, why: "no network", of: null, untilMs: null },
  ...more,
});
const asked = said("1", "carry-asked", { untilMs: 5_000_000 });
const signed = said("2", "carry-signed", { of: "1", untilMs: 5_000_900, why: "" });
const refused = said("2", "carry-refused", { of: "1", why: "no-instruction" });

describe("a change may be carried while it asks something of a scanner and has not begun there [OFF-1]", () => {
  test.each(["offered", "waiting", "downloading", "staged"] as const)("%s", (state) => {
    expect(notToBeCarried({ ...open, state }, NOW)).toBeNull();
  });

  test.each(["armed", "activating", "rebooting", "probation", "rolling-back", "unknown"] as const)(
    "not when %s",
    (state) => {
      expect(notToBeCarried({ ...open, state }, NOW)).toBe("carry-begun");
    },
  );

  test("not when ended, cancelled, or after its time", () => {
    expect(notToBeCarried({ ...open, ended: true, cancelled: true }, NOW)).toBe("change-not-open");
    expect(notToBeCarried({ ...open, cancelled: true }, NOW)).toBe("carry-cancelled");
    expect(notToBeCarried(open, END - 1)).toBeNull();
    expect(notToBeCarried(open, END)).toBe("carry-too-late");
  });
});

describe("until when", () => {
  const decide = (untilMs: number | null, all: StickSaid[] = [], change = open) =>
    decideCarry(change, all, { untilMs, nowMs: NOW });

  test("as long as the instruction, and no longer; never in the past", () => {
    expect(decide(null)).toEqual({ ok: true, untilMs: END });
    expect(decide(END)).toEqual({ ok: true, untilMs: END });
    expect(decide(NOW + 1)).toEqual({ ok: true, untilMs: NOW + 1 });
    for (const wrong of [END + 1, NOW, 0])
      expect(decide(wrong)).toEqual({ ok: false, why: "carry-time-out-of-range" });
    expect(decide(null, [], { ...open, cancelled: true })).toEqual({ ok: false, why: "carry-cancelled" });
  });

  test("one decision at a time; later it may be longer and not shorter", () => {
    expect(decide(null, [asked])).toEqual({ ok: false, why: "carry-under-way" });
    for (const no of [4_000_000, 5_000_000, 5_000_950])
      expect(decide(no, [asked, signed])).toEqual({ ok: false, why: "carry-lasts-already" });
    expect(decide(5_001_000, [asked, signed])).toEqual({ ok: true, untilMs: 5_001_000 });
    expect(decide(4_000_000, [asked, refused])).toEqual({ ok: true, untilMs: 4_000_000 });
    const over = { ...signed, untilMs: NOW - 1 };
    expect(decide(null, [asked, over])).toEqual({ ok: true, untilMs: END });
  });
});

describe("what became of it", () => {
  const state = (all: StickSaid[], change: Carried = open, nowMs = NOW) => stickState(change, all, nowMs);
  const begun: Carried = { ...open, state: "armed" };

  test("nothing, decided, signed, refused with the signer's word", () => {
    expect(state([])).toEqual({ answer: { state: "none" }, good: { state: "none" } });
    expect(state([asked])).toEqual({ answer: { state: "decided" }, good: { state: "none" } });
    expect(state([asked, signed])).toEqual({
      answer: { state: "signed" },
      good: { state: "now", untilMs: 5_000_000 },
    });
    expect(state([asked, refused]).answer).toEqual({ state: "refused", why: "no-instruction" });
  });

  test("what was signed stays good when a longer one waits or is refused", () => {
    const longer = said("3", "carry-asked", { untilMs: END });
    expect(state([asked, signed, longer])).toMatchObject({
      answer: { state: "decided" },
      good: { state: "now" },
    });
    const no = { ...refused, of: "3" };
    expect(state([asked, signed, longer, no])).toMatchObject({
      answer: { state: "refused" },
      good: { state: "now", untilMs: 5_000_000 },
    });
  });

  test("never longer than the instruction, and over by the clock", () => {
    const day = { ...signed, untilMs: END + 5_000 };
    expect(state([asked, day]).good).toEqual({ state: "now", untilMs: END });
    expect(state([asked, signed], open, 5_000_000).good).toEqual({ state: "over", untilMs: 5_000_000 });
  });

  test("a change that begins or ends makes it past; one that is taken back still lies on the stick", () => {
    expect(state([asked], begun).answer).toEqual({ state: "lapsed" });
    expect(state([asked, signed], begun).good.state).toBe("was");
    const cancelled = { ...open, cancelled: true };
    expect(state([asked, signed], cancelled).good.state).toBe("taken-back");
    expect(state([asked, signed], cancelled, 5_000_000).good.state).toBe("was");
    expect(state([asked, signed], { ...cancelled, ended: true }).good.state).toBe("was");
  });
});
