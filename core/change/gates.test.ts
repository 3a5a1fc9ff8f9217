import { describe, expect, test } from "vitest";
import { examplePlan } from "#core/change/example-plan.ts";
import {
  type GateView,
  isHealthy,
  SAFETY_FRESH_MS,
  shutGate,
  shutGates,
  shutInterlock,
} from "#core/change/gates.ts";
import type { Plan } from "#core/change/plan.ts";
import { type ChangeSettings, changeSettingsSchema } from "#core/change/settings.ts";
import type { SafetyState } from "#core/safety/socket.ts";

const settings = (words: object = {}): ChangeSettings =>
  changeSettingsSchema.parse({ schema: "fiducial.changes/1", enable: true, consent: "not-needed", ...words });
const idle: SafetyState = {
  type: "state",
  state: "ok",
  chain: [],
  latched: false,
  permission: true,
  bypasses: [],
  limitsHash: null,
  energised: false,
  scanState: "idle",
  lastSelfTestAtMs: null,
};
const heard = (words: Partial<SafetyState> = {}, ageMs = 0) => ({
  last: { state: { ...idle, ...words }, ageMs },
});
const view = (words: Partial<GateView> = {}): GateView => ({
  nowMs: 5_000,
  localMinute: 12 * 60,
  safety: heard(),
  consented: [],
  held: false,
  postponed: false,
  busy: false,
  freeBytes: 1e12,
  neededBytes: 0,
  boot: { freeBytes: 1e9, neededBytes: 1e6 },
  ...words,
});
const gate = (seen: Partial<GateView>, plan: Partial<Plan> = {}, own: object = {}) =>
  shutGate(examplePlan(plan), settings(own), view(seen));

describe("the interlock [ACT-2]", () => {
  test("open when the scanner rests and its daemon is well", () => {
    expect(gate({})).toBeNull();
    expect(gate({ safety: heard({ state: "warning" }) })).toBeNull();
  });

  test("shut while scanning, energised, or when the drive is not known to be off", () => {
    expect(gate({ safety: heard({ scanState: "running" }) })).toBe("scanning");
    expect(gate({ safety: heard({ scanState: "unknown" }) })).toBe("scanning");
    expect(gate({ safety: heard({ energised: true }) })).toBe("energised");
    expect(gate({ safety: heard({ energised: null }) })).toBe("energised");
    expect(gate({ safety: { last: null } })).toBe("energised");
  });

  test("once more before the switch it asks the daemon's word alone, and in the same order", () => {
    for (const safety of [
      heard(),
      heard({ scanState: "running", energised: true }),
      heard({ energised: true, state: "tripped" }),
      heard({ state: "tripped" }),
      { last: null },
    ])
      expect(shutInterlock(examplePlan(), safety)).toBe(gate({ safety }));
    expect(gate({ held: true })).toBe("hold");
  });

  test("shut when the daemon is silent, bypassed or objects", () => {
    expect(gate({ safety: heard({}, SAFETY_FRESH_MS + 1) })).toBe("safety");
    expect(gate({ safety: heard({ state: "tripped" }) })).toBe("safety");
    expect(gate({ safety: heard({ bypasses: ["door"] }) })).toBe("safety");
    expect(isHealthy(heard({}, SAFETY_FRESH_MS))).toBe(true);
  });

  test("a model without a daemon, as its signed release says, has no such gate", () => {
    const health = { ...examplePlan().health, safety: "none" as const };
    expect(gate({ safety: { last: null } }, { health })).toBeNull();
  });

  test("a person on site who attests may go back with a sick daemon, but not with the drive on [ACT-4]", () => {
    const back = { action: "rollback", origin: "local", attested: true } as const;
    const sick = { state: "tripped" } as const;
    expect(gate({ safety: heard(sick) }, back)).toBeNull();
    expect(gate({ safety: heard(sick) }, { ...back, attested: false })).toBe("safety");
    expect(gate({ safety: heard(sick) }, { ...back, origin: "instruction" })).toBe("safety");
    expect(gate({ safety: heard(sick) }, { ...back, action: "activate" })).toBe("safety");
    expect(gate({ safety: heard({ ...sick, energised: true }) }, back)).toBe("energised");
  });
});

describe("windows, consent, space", () => {
  test("outside its slots and inside forbidden hours it waits; a person on site does not", () => {
    const slots = [{ fromMs: 1_000, toMs: 2_000 }];
    expect(gate({ nowMs: 1_500 }, { slots })).toBeNull();
    expect(gate({ nowMs: 2_000 }, { slots })).toBe("window");
    expect(gate({ nowMs: 1 }, { notBeforeMs: 2 })).toBe("window");
    const neverBetween = [{ from: "22:00", to: "06:30" }];
    expect(gate({ localMinute: 23 * 60 }, {}, { neverBetween })).toBe("window");
    expect(gate({ localMinute: 6 * 60 + 29 }, {}, { neverBetween })).toBe("window");
    expect(gate({ localMinute: 6 * 60 + 30 }, {}, { neverBetween })).toBeNull();
    expect(gate({ localMinute: 9 * 60 }, {}, { neverBetween: [{ from: "08:00", to: "10:00" }] })).toBe(
      "window",
    );
    expect(gate({ localMinute: 23 * 60 }, { origin: "local" }, { neverBetween })).toBeNull();
  });

  test("consent is for one change, and root on the scanner has given his by asking", () => {
    const needed = { consent: "needed" };
    expect(gate({}, {}, needed)).toBe("consent");
    expect(gate({ consented: [examplePlan().changeId] }, {}, needed)).toBeNull();
    expect(gate({}, { origin: "local" }, needed)).toBeNull();
  });

  test("a hold and a change that was put off stop what comes from outside, never the way back from here [LOC-1]", () => {
    expect(gate({ held: true, postponed: true })).toBe("hold");
    expect(gate({ postponed: true })).toBe("postponed");
    expect(gate({ held: true, postponed: true }, { origin: "local" })).toBeNull();
    const seen = view({ held: true, busy: true });
    expect(shutGates(examplePlan(), settings(), seen)).toEqual(["hold", "busy"]);
  });

  test("somebody else switches, or a disk has no room", () => {
    expect(gate({ busy: true })).toBe("busy");
    expect(gate({ freeBytes: 1e6 })).toBe("disk-full");
    expect(gate({ boot: { freeBytes: 999_999, neededBytes: 1e6 } })).toBe("boot-partition-full");
    expect(gate({ boot: { freeBytes: 1e6, neededBytes: 1e6 } })).toBeNull();
    expect(gate({ boot: null })).toBeNull();
  });

  test("a boot partition that could not be looked at is said to be that, and never to have room [SIG-4, SEE-14]", () => {
    const boot = { freeBytes: null, neededBytes: 1e6 };
    expect(gate({ boot })).toBe("boot-partition-unseen");
    expect(gate({ boot }, { action: "rollback" })).toBeNull();
  });
});
