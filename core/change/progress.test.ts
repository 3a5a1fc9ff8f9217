import { describe, expect, test } from "vitest";
import { begunChange, type Followed, type Observed, progressOf } from "#core/change/progress.ts";
import type { ChangeState } from "#core/headline/axes.ts";
import { type ChangeTold, NO_CHANGE } from "#core/report/change-kind.ts";
import { unknown } from "#core/report/fact.ts";

const ID = "019a5b1e-0000-7000-8000-0000000000c1";
const OLD = "/nix/store/old";
const NEW = "/nix/store/new";

const followed: Followed = {
  changeId: ID,
  action: "activate",
  toplevel: NEW,
  fromBooted: OLD,
  safety: "required",
  state: "probation",
  stateReason: null,
  percent: null,
  withdrawn: false,
};

function seen(told: Partial<ChangeTold>, rest: Partial<Observed> = {}): Observed {
  const value: ChangeTold = { ...NO_CHANGE, changeId: ID, sinceMs: 1, ...told };
  return {
    change: { state: "observed", value },
    running: NEW,
    booted: NEW,
    profile: NEW,
    trees: { booted: "6.6.30", current: "6.6.30" },
    safety: "ok",
    ...rest,
  };
}

describe("confirmed", () => {
  test("is the scanner's word and the observation together [E-16]", () => {
    expect(progressOf(followed, seen({ state: "confirmed" }))).toMatchObject({
      state: "confirmed",
      ended: true,
    });
  });

  test.each<[string, Partial<Observed>, string]>([
    ["it runs something else", { running: OLD }, "not-seen-running"],
    ["what runs was not seen", { running: null }, "not-seen-running"],
    ["the profile is another", { profile: OLD }, "not-seen-running"],
    ["a third system is booted", { booted: "/nix/store/third" }, "not-seen-booted"],
    ["what is booted was not seen", { booted: null }, "not-seen-booted"],
    [
      "the old kernel is booted",
      { booted: OLD, trees: { booted: "6.6.30", current: "6.12.1" } },
      "not-seen-booted",
    ],
    ["the kernel was not seen", { booted: OLD, trees: null }, "not-seen-booted"],
    ["the safety daemon is lost", { safety: "lost" }, "safety"],
    ["the safety daemon is unknown", { safety: "unknown" }, "safety"],
  ])("stays probation while %s, and says why [E-16, ACT-3]", (_what, observation, reason) => {
    expect(progressOf(followed, seen({ state: "confirmed" }, observation))).toMatchObject({
      state: "probation",
      reason,
      ended: false,
    });
  });

  test("needs no safety daemon where the release says that there is none [ACT-3]", () => {
    const none = { ...followed, safety: "none" } as const;
    expect(progressOf(none, seen({ state: "confirmed" }, { safety: "none" }))?.state).toBe("confirmed");
  });

  test("after a switch without a restart the old system may be booted, with the same kernel [ACT-1]", () => {
    expect(progressOf(followed, seen({ state: "confirmed" }, { booted: OLD }))?.state).toBe("confirmed");
    const unknownBefore = { ...followed, fromBooted: null };
    expect(progressOf(unknownBefore, seen({ state: "confirmed" }, { booted: OLD }))?.state).toBe("probation");
  });

  test("is never concluded from what runs alone [E-16]", () => {
    expect(progressOf(followed, seen({ state: "probation" }))).toBeNull();
    expect(progressOf({ ...followed, state: "offered" }, seen({ state: "none" }))).toBeNull();
  });
});

describe("every other state is the scanner's own word for this very change", () => {
  test.each<[ChangeState, boolean]>([
    ["offered", false],
    ["waiting", false],
    ["downloading", false],
    ["staged", false],
    ["armed", false],
    ["activating", false],
    ["rebooting", false],
    ["rolling-back", false],
    ["refused", true],
    ["rolled-back", true],
    ["rollback-failed", true],
    ["cancelled", true],
    ["expired", true],
  ])("%s", (state, ended) => {
    const told = { state, reason: "scanning", percent: 3, budgetMs: 9, energised: false };
    expect(progressOf(followed, seen(told))).toEqual({ ...told, ended });
  });

  test("staged ends it where no more was asked [ACT-1]", () => {
    expect(progressOf({ ...followed, action: "stage" }, seen({ state: "staged" }))?.ended).toBe(true);
  });

  test("the same again is nothing new, a download that went on is", () => {
    const at = { ...followed, state: "downloading", percent: 3 } as const;
    expect(progressOf(at, seen({ state: "downloading", percent: 3 }))).toBeNull();
    expect(progressOf(at, seen({ state: "downloading", percent: 4 }))?.percent).toBe(4);
    expect(progressOf(at, seen({ state: "downloading", percent: 3, reason: "network" }))?.reason).toBe(
      "network",
    );
  });

  test("a word that is newer than this program, or none, or unseen, moves nothing [SEE-14]", () => {
    expect(progressOf(followed, seen({ state: "unknown" }))).toBeNull();
    expect(progressOf(followed, seen({}, { change: unknown("not-reported") }))).toBeNull();
    expect(progressOf(followed, seen({}, { change: undefined }))).toBeNull();
  });

  test("what it says of another change moves nothing, unless the instruction was withdrawn before [ACT-7]", () => {
    const other = seen({ state: "confirmed", changeId: "other" });
    expect(progressOf(followed, other)).toBeNull();
    expect(progressOf({ ...followed, withdrawn: true }, other)).toMatchObject({
      state: "cancelled",
      ended: true,
    });
    expect(progressOf({ ...followed, withdrawn: true }, seen({ state: "armed" }))?.state).toBe("armed");
  });

  test("another that was begun at the scanner takes the place of one that was accepted, and of no other [ACT-4]", () => {
    const other = seen({ state: "armed", changeId: "local" });
    for (const state of ["waiting", "downloading", "staged"] as const)
      expect(progressOf({ ...followed, state }, other)).toMatchObject({
        state: "cancelled",
        reason: "overtaken",
        ended: true,
      });
    // One that the scanner did not have yet may still follow; one that it began ends by its own word.
    for (const state of ["offered", "armed"] as const)
      expect(progressOf({ ...followed, state }, other)).toBeNull();
    const refused = seen({ state: "refused", changeId: "another" });
    expect(progressOf({ ...followed, state: "staged" }, refused)).toBeNull();
  });
});

describe("a change that was closed unheard", () => {
  test("is named by whoever began it, and by nobody else [E-13, E-16]", () => {
    expect(begunChange(seen({ state: "armed" }).change)).toBe(ID);
    expect(begunChange(seen({ state: "rolled-back" }).change)).toBe(ID);
    for (const state of ["staged", "expired", "refused", "none", "unknown"] as ChangeState[])
      expect(begunChange(seen({ state }).change)).toBeNull();
    expect(begunChange(unknown("denied", {}))).toBeNull();
    expect(begunChange(undefined)).toBeNull();
  });
});
