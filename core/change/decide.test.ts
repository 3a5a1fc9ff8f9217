import { describe, expect, test } from "vitest";
import { decide } from "#core/change/decide.ts";
import { isOver } from "#core/change/decide-before.ts";
import type { ChangeEvent, Seen } from "#core/change/event.ts";
import {
  BOOT,
  EVERY_STEP,
  examplePlan,
  exampleRun,
  journalAt,
  LATER_BOOT,
  NEW,
  OLD,
} from "#core/change/example-plan.ts";
import { type Journal, journalFileSchema } from "#core/change/journal.ts";
import { STEP_PHASES, type Step } from "#core/change/steps.ts";

const NOW = 1_000;
const seen = (words: Partial<Seen> = {}): Seen => ({
  bootId: BOOT,
  current: NEW,
  booted: OLD,
  profile: NEW,
  ...words,
});

/** One of every kind, so that the table can be walked whole. */
const EVENTS: readonly ChangeEvent[] = [
  { kind: "accepted", plan: examplePlan(), complete: true },
  { kind: "accepted", plan: examplePlan({ changeId: "other", seq: 8 }), complete: false },
  { kind: "refused", changeId: "x", seq: 9, to: "r9", reason: "replayed", detail: "d" },
  { kind: "fetched", bytes: 1, totalBytes: 4 },
  { kind: "complete" },
  { kind: "withdrawn" },
  { kind: "expired" },
  { kind: "shut", gate: "scanning" },
  { kind: "open", run: exampleRun() },
  { kind: "done" },
  { kind: "failed", detail: "no" },
  { kind: "unproved", reason: "content-mismatch", detail: "other bytes" },
  { kind: "switched", result: { status: 0, newlyFailed: [] } },
  { kind: "switched", result: { status: 100, newlyFailed: [] } },
  { kind: "switched", result: { status: 4, newlyFailed: ["daq.service"] } },
  { kind: "probed", passed: true },
  { kind: "probed", passed: false, reason: "health-failed", detail: "silent" },
  { kind: "observed", seen: seen() },
  { kind: "observed", seen: seen({ current: OLD, profile: OLD }) },
  { kind: "resumed", seen: seen() },
  { kind: "resumed", seen: seen({ bootId: LATER_BOOT, current: OLD }) },
  { kind: "deadline" },
  { kind: "abandoned", detail: "by hand" },
];

const following = (journal: Journal, event: ChangeEvent) => decide(journal, event, NOW).journal;
const stepAfter = (step: Step, event: ChangeEvent, words: Parameters<typeof journalAt>[1] = {}) =>
  following(journalAt(step, words), event).step;

describe("the table of a change", () => {
  test("every step takes every event, and what it says is a journal again", () => {
    for (const step of EVERY_STEP)
      for (const event of EVENTS) {
        const { journal, effects } = decide(journalAt(step), event, NOW);
        expect(journalFileSchema.safeParse({ schema: "fiducial.journal/1", journal }).success).toBe(true);
        expect(effects.length).toBeLessThanOrEqual(1);
      }
  });

  test("the same event on the same journal says the same, and recovering twice is recovering once [I7]", () => {
    for (const step of EVERY_STEP)
      for (const event of EVENTS.filter((one) => one.kind === "resumed")) {
        const first = decide(journalAt(step), event, NOW);
        expect(decide(journalAt(step), event, NOW)).toEqual(first);
        expect(decide(first.journal, event, NOW + 1).journal).toEqual(first.journal);
      }
  });

  test("nothing before ARM ever sets a profile, switches or boots [ACT-7]", () => {
    for (const step of EVERY_STEP.filter((one) => ["rest", "before"].includes(STEP_PHASES[one])))
      for (const event of EVENTS) {
        const [effect] = decide(journalAt(step), event, NOW).effects;
        expect(["set", "boot", "switch", "reboot", "bless", "confirm"]).not.toContain(effect?.do);
      }
  });

  test("once the record is durable nothing goes back; before it nothing is confirmed [I6]", () => {
    for (const event of EVENTS) {
      for (const step of ["confirm", "settle"] as const)
        expect(STEP_PHASES[stepAfter(step, event)]).not.toBe("back");
      for (const step of EVERY_STEP.filter((one) => STEP_PHASES[one] === "armed")) {
        const next = following(journalAt(step), event);
        expect(next.step === "confirm" && step !== "bless").toBe(false);
        expect(next.step).not.toBe("rest");
      }
    }
  });

  test("a live change goes through its steps in order and ends confirmed [ACT-1, ACT-3]", () => {
    const steps: Step[] = [];
    let journal = journalAt("rest");
    const events: ChangeEvent[] = [
      { kind: "accepted", plan: examplePlan(), complete: false },
      { kind: "fetched", bytes: 2, totalBytes: 4 },
      { kind: "complete" },
      ...Array.from({ length: 3 }, () => ({ kind: "done" }) as const),
      { kind: "shut", gate: "scanning" },
      { kind: "complete" },
      { kind: "open", run: exampleRun() },
      ...Array.from({ length: 3 }, () => ({ kind: "done" }) as const),
      { kind: "switched", result: { status: 0, newlyFailed: [] } },
      { kind: "done" },
      { kind: "probed", passed: true },
      ...Array.from({ length: 3 }, () => ({ kind: "done" }) as const),
    ];
    for (const event of events) {
      journal = following(journal, event);
      steps.push(journal.step);
    }
    expect(steps.filter((step, at) => step !== steps[at - 1])).toEqual([
      ...["offered", "copy", "verify", "keep", "staged", "armed", "set", "boot", "switch"],
      ...["restart-agent", "probe", "bless", "confirm", "settle", "rest"],
    ]);
    expect(journal).toMatchObject({ last: { state: "confirmed", from: "r1", to: "r2", seq: 7 } });
    expect(isOver(journal, 7)).toBe(true);
    expect(isOver(journal, 8)).toBe(false);
  });

  test("a change by boot arrives in the target it booted, and nowhere else [ACT-1]", () => {
    const way = { run: { way: "reboot" } } as const;
    expect(stepAfter("boot", { kind: "done" }, way)).toBe("reboot");
    const arrived = seen({ bootId: LATER_BOOT, booted: NEW });
    const journal = following(journalAt("reboot", way), { kind: "resumed", seen: arrived });
    expect(journal).toMatchObject({ step: "arrived", run: { bootId: LATER_BOOT } });
    expect(following(journal, { kind: "done" }).step).toBe("probe");
    const elsewhere = seen({ bootId: LATER_BOOT, booted: OLD, current: OLD });
    expect(following(journalAt("reboot", way), { kind: "resumed", seen: elsewhere })).toMatchObject({
      step: "back-arm",
      back: { reason: "boot-failed", way: "none" },
    });
    const odd = seen({ bootId: LATER_BOOT, booted: "/nix/store/x", current: "/nix/store/x" });
    expect(following(journalAt("reboot", way), { kind: "resumed", seen: odd })).toMatchObject({
      back: { reason: "boot-failed", way: "reboot" },
    });
    expect(stepAfter("reboot", { kind: "failed", detail: "no bootctl" })).toBe("back-arm");
  });

  test("what runs already is only proved", () => {
    expect(stepAfter("armed", { kind: "done" }, { run: { way: "none" } })).toBe("restart-agent");
    const back = following(journalAt("probe", { run: { way: "none" } }), { kind: "deadline" });
    expect(back).toMatchObject({ back: { way: "none" } });
  });

  test("a switch that wants a boot gets one", () => {
    const event = { kind: "switched", result: { status: 100, newlyFailed: [] } } as const;
    expect(following(journalAt("switch"), event)).toMatchObject({ step: "reboot", run: { way: "reboot" } });
    expect(stepAfter("back-switch", event)).toBe("back-reboot");
  });
});

describe("interruptions [ACT-3, decisions.md probation]", () => {
  const sameBoot = { kind: "resumed", seen: seen() } as const;
  const newBoot = { kind: "resumed", seen: seen({ bootId: LATER_BOOT, current: OLD }) } as const;

  test("killed between ARM and SWITCH: old; killed while looking: looking goes on", () => {
    for (const step of ["armed", "set", "boot", "switch", "reboot"] as const)
      expect(following(journalAt(step), sameBoot)).toMatchObject({
        step: "back-arm",
        back: { reason: "interrupted" },
      });
    for (const step of ["arrived", "restart-agent", "probe", "bless"] as const)
      expect(stepAfter(step, sameBoot)).toBe(step);
  });

  test("an unplanned boot before CONFIRM: old, and what runs says how much is to be undone", () => {
    for (const step of [
      "armed",
      "set",
      "boot",
      "switch",
      "arrived",
      "restart-agent",
      "probe",
      "bless",
    ] as const)
      expect(following(journalAt(step), newBoot)).toMatchObject({
        step: "back-arm",
        back: { reason: "unplanned-boot", way: "none" },
      });
    const inTarget = { kind: "resumed", seen: seen({ bootId: LATER_BOOT }) } as const;
    expect(following(journalAt("set"), inTarget)).toMatchObject({ back: { way: "live" } });
    expect(following(journalAt("probe", { run: { way: "none" } }), inTarget)).toMatchObject({
      back: { way: "live" },
    });
    expect(following(journalAt("probe", { run: { way: "reboot" } }), inTarget)).toMatchObject({
      back: { way: "reboot" },
    });
  });

  test("after CONFIRM: new, and the rest is done again", () => {
    for (const step of ["confirm", "settle"] as const)
      for (const event of [sameBoot, newBoot, { kind: "deadline" } as const])
        expect(stepAfter(step, event)).toBe(step);
  });

  test("before ARM: what was begun is begun again", () => {
    for (const step of ["copy", "verify", "keep", "staged"] as const)
      expect(decide(journalAt(step), sameBoot, NOW).effects).toHaveLength(1);
    expect(decide(journalAt("offered"), sameBoot, NOW).effects).toEqual([]);
  });

  test("on the way back: from the beginning, unless it is behind already", () => {
    for (const step of [
      "back-arm",
      "back-set",
      "back-boot",
      "back-switch",
      "back-reboot",
      "back-probe",
    ] as const)
      expect(stepAfter(step, sameBoot)).toBe("back-arm");
    const isBack = {
      kind: "resumed",
      seen: seen({ bootId: LATER_BOOT, current: OLD, profile: OLD }),
    } as const;
    expect(following(journalAt("back-set"), isBack)).toMatchObject({
      step: "back-arm",
      back: { way: "none" },
    });
    for (const step of ["back-switch", "back-reboot", "back-probe"] as const)
      expect(stepAfter(step, isBack)).toBe("back-probe");
    expect(stepAfter("back-settle", sameBoot)).toBe("back-settle");
    const undone = following(journalAt("back-set", { run: { way: "none" } }), sameBoot);
    expect(undone).toMatchObject({ back: { way: "live" } });
    expect(following({ ...undone, step: "back-set" } as Journal, sameBoot)).toMatchObject({
      back: { way: "live" },
    });
    const byBoot = { ...journalAt("back-set", { run: { way: "reboot" } }) } as Extract<
      Journal,
      { back: unknown }
    >;
    expect(following({ ...byBoot, back: { ...byBoot.back, way: "none" } }, sameBoot)).toMatchObject({
      back: { way: "reboot" },
    });
  });
});

describe("going back", () => {
  test("an unhealthy target goes back through its steps and is remembered with its reason [ACT-3, ACT-5]", () => {
    let journal = following(journalAt("probe"), {
      kind: "probed",
      passed: false,
      reason: "health-failed",
      detail: "silent",
    });
    const steps: Step[] = [journal.step];
    for (const event of [
      { kind: "done" },
      { kind: "done" },
      { kind: "done" },
      { kind: "switched", result: { status: 4, newlyFailed: ["old-fault.service"] } },
      { kind: "observed", seen: seen({ current: OLD, profile: OLD }) },
      { kind: "done" },
    ] as const) {
      journal = following(journal, event);
      steps.push(journal.step);
    }
    expect(steps).toEqual([
      ...["back-arm", "back-set", "back-boot", "back-switch", "back-probe", "back-settle", "rest"],
    ]);
    expect(journal).toMatchObject({
      last: { state: "rolled-back", reason: "health-failed", detail: "silent" },
    });
  });

  test("what has no release is told by its path", () => {
    const nameless = { plan: { release: null }, run: { fromRelease: null } } as const;
    for (const step of ["back-settle", "settle"] as const)
      expect(following(journalAt(step, nameless), { kind: "done" })).toMatchObject({
        last: { from: OLD, to: NEW },
      });
    expect(following(journalAt("staged", nameless), { kind: "withdrawn" })).toMatchObject({
      last: { to: NEW },
    });
  });

  test("nothing was switched: nothing is switched back", () => {
    const journal = following(journalAt("set"), { kind: "failed", detail: "nix-env: full" });
    expect(journal).toMatchObject({ back: { reason: "activation-failed", way: "none" } });
    expect(stepAfter("boot", { kind: "shut", gate: "scanning" })).toBe("back-arm");
    expect(following({ ...journal, step: "back-boot" } as Journal, { kind: "done" }).step).toBe("back-probe");
    expect(stepAfter("back-boot", { kind: "done" }, { run: { way: "reboot" } })).toBe("back-reboot");
  });

  test("somebody else has the lock of the switch: nothing was switched, unless the target is seen to run [F14]", () => {
    const locked = { kind: "switched", result: { status: 11, newlyFailed: [] } } as const;
    const journal = following(journalAt("switch"), locked);
    expect(journal).toMatchObject({ step: "back-arm", back: { reason: "activation-failed", way: "none" } });
    const observed = (current: string) =>
      following({ ...journal, step: "back-probe" } as Journal, {
        kind: "observed",
        seen: seen({ current, profile: NEW }),
      });
    expect(observed(OLD)).toMatchObject({ step: "back-arm", back: { way: "none" } });
    expect(observed(NEW)).toMatchObject({ step: "back-arm", back: { way: "live" } });
    expect(stepAfter("back-switch", locked)).toBe("back-arm");
  });

  test("each way of failing has its reason", () => {
    const reasonAt = (step: Step, event: ChangeEvent) =>
      (following(journalAt(step), event) as Extract<Journal, { back: unknown }>).back.reason;
    expect(reasonAt("switch", { kind: "switched", result: { status: 2, newlyFailed: [] } })).toBe(
      "activation-failed",
    );
    expect(reasonAt("arrived", { kind: "failed", detail: "" })).toBe("health-failed");
    expect(reasonAt("restart-agent", { kind: "failed", detail: "" })).toBe("health-failed");
    expect(reasonAt("bless", { kind: "unproved", reason: "content-mismatch", detail: "" })).toBe(
      "activation-failed",
    );
    expect(reasonAt("probe", { kind: "abandoned", detail: "by hand" })).toBe("asked");
    expect(reasonAt("probe", { kind: "deadline" })).toBe("deadline-passed");
  });

  test("a timer or a record that fails holds nothing up; anything else is tried three times, then a person is asked", () => {
    expect(stepAfter("back-arm", { kind: "failed", detail: "no timer" })).toBe("back-set");
    expect(stepAfter("back-settle", { kind: "failed", detail: "no record" })).toBe("rest");
    let journal = journalAt("back-set");
    for (const attempt of [2, 3]) {
      journal = following({ ...journal, step: "back-set" } as Journal, { kind: "failed", detail: "full" });
      expect(journal).toMatchObject({ step: "back-arm", back: { attempts: attempt } });
    }
    journal = following(journal, { kind: "deadline" });
    expect(journal).toMatchObject({ step: "stuck", back: { attempts: 4 } });
    expect(following(journal, { kind: "resumed", seen: seen() }).step).toBe("stuck");
    expect(following(journal, { kind: "resumed", seen: seen({ current: OLD, profile: OLD }) }).step).toBe(
      "back-settle",
    );
    expect(following(journal, { kind: "abandoned", detail: "" })).toMatchObject({
      step: "back-arm",
      back: { attempts: 1 },
    });
  });

  test("what is seen decides whether it is back [I6]", () => {
    expect(stepAfter("back-probe", { kind: "observed", seen: seen({ current: OLD, profile: OLD }) })).toBe(
      "back-settle",
    );
    expect(stepAfter("back-probe", { kind: "observed", seen: seen({ current: NEW, profile: OLD }) })).toBe(
      "back-arm",
    );
    expect(stepAfter("back-switch", { kind: "switched", result: { status: null, newlyFailed: [] } })).toBe(
      "back-arm",
    );
  });
});

describe("before anything differs [ACT-7]", () => {
  test("the same change twice is one; another takes its place; a rollback needs no files", () => {
    const other = examplePlan({ changeId: "other", seq: 8, toplevel: OLD });
    const accepted = (plan = examplePlan(), complete = true) =>
      ({ kind: "accepted", plan, complete }) as const;
    expect(stepAfter("rest", accepted(examplePlan(), false))).toBe("offered");
    expect(stepAfter("rest", accepted(examplePlan({ action: "rollback" }), false))).toBe("verify");
    expect(stepAfter("offered", accepted())).toBe("copy");
    expect(stepAfter("offered", accepted(examplePlan(), false))).toBe("offered");
    expect(stepAfter("keep", accepted())).toBe("keep");
    expect(stepAfter("keep", accepted(other))).toBe("copy");
    const waiting = following(journalAt("staged"), { kind: "shut", gate: "window" });
    expect(following(waiting, accepted())).toEqual(waiting);
    const activate = accepted(examplePlan({ changeId: "other", seq: 8 }));
    expect(following(journalAt("staged", { plan: { action: "stage" } }), activate)).toMatchObject({
      step: "staged",
      plan: { changeId: "other" },
    });
  });

  test("withdrawn, expired, unproved and refused end it with their word", () => {
    const last = (step: Step, event: ChangeEvent) =>
      (following(journalAt(step), event) as Extract<Journal, { step: "rest" }>).last;
    expect(last("staged", { kind: "withdrawn" })).toMatchObject({ state: "cancelled", reason: null });
    expect(last("staged", { kind: "expired" })).toMatchObject({
      state: "expired",
      reason: "instruction-expired",
    });
    expect(last("verify", { kind: "unproved", reason: "content-mismatch", detail: "" })).toMatchObject({
      state: "refused",
      reason: "content-mismatch",
    });
    const own = {
      kind: "refused",
      changeId: examplePlan().changeId,
      seq: 7,
      to: "r2",
      reason: "wrong-model",
      detail: "",
    } as const;
    expect(last("offered", own)).toMatchObject({ state: "refused", reason: "wrong-model" });
    expect(last("rest", own)).toMatchObject({ state: "refused", to: "r2" });
    expect(stepAfter("offered", { ...own, changeId: "foreign" })).toBe("offered");
    const nameless = following(journalAt("rest"), { ...own, changeId: null });
    expect(decide(nameless, { ...own, changeId: null }, NOW + 9).journal).toEqual(nameless);
    expect(isOver(following(journalAt("rest"), own), 7)).toBe(false);
    const ended = following(journalAt("staged"), { kind: "expired" });
    const since = following(ended, { ...own, changeId: null, seq: 0 });
    expect(since).toMatchObject({ last: { state: "refused" } });
    for (const journal of [ended, since, following(since, { ...own, seq: 8 })])
      expect([7, 8].map((seq) => isOver(journal, seq))).toEqual([true, false]);
    expect(isOver(journalAt("offered"), 7)).toBe(false);
  });

  test("staging alone ends staged, and a copy that failed waits for files again", () => {
    const stage = { plan: { action: "stage" } } as const;
    expect(decide(journalAt("keep", stage), { kind: "done" }, NOW)).toMatchObject({
      journal: { step: "staged" },
      effects: [],
    });
    expect(stepAfter("copy", { kind: "failed", detail: "nix" })).toBe("offered");
  });

  test("progress and a shut gate are told and start nothing; the word keeps its date", () => {
    const fetched = decide(journalAt("offered"), { kind: "fetched", bytes: 1, totalBytes: 2 }, NOW);
    expect(fetched).toMatchObject({ journal: { sinceMs: NOW }, effects: [] });
    expect(
      decide(fetched.journal, { kind: "fetched", bytes: 2, totalBytes: 2 }, NOW + 9).journal.sinceMs,
    ).toBe(NOW);
    expect(decide(journalAt("staged"), { kind: "shut", gate: "consent" }, NOW).effects).toEqual([]);
  });
});
