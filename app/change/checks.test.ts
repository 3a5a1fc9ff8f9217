import { describe, expect, test } from "vitest";
import type { Preflight, RollbackTarget } from "#server/change/view.ts";
import { type CheckName, checksOf, tally } from "./checks.ts";

const GOOD = {
  to: {},
  against: [],
  notes: [],
  interlock: { energised: false, scanning: false, safety: "ok", asOfMs: 1 },
  floor: { required: 3, target: 3 },
  confirmedHere: true,
  blockedHere: null,
  link: "live",
  changesEnabled: true,
  openChangeId: null,
} as unknown as Preflight;
const TARGET = { onDisk: true } as unknown as RollbackTarget;

function verdict(name: CheckName, preflight: Partial<Preflight>, target: RollbackTarget | null = TARGET) {
  return checksOf({ ...GOOD, ...preflight }, target).find((one) => one.name === name)?.verdict;
}

const interlock = (more: Partial<Preflight["interlock"]>) => ({
  interlock: { ...GOOD.interlock, ...more },
});

describe("what is checked before a change, by name [ACT-2, ACT-4]", () => {
  test("all pass when everything was seen and is well", () => {
    expect(tally(checksOf(GOOD, TARGET))).toEqual({ pass: 9, fail: 0, unknown: 0 });
    expect(tally(checksOf(GOOD, null))).toEqual({ pass: 9, fail: 0, unknown: 0 });
  });

  test("what the scanner did not say is unknown, and unknown is never a pass", () => {
    expect(verdict("energised", interlock({ energised: null }))).toBe("unknown");
    expect(verdict("scan", interlock({ scanning: null }))).toBe("unknown");
    expect(verdict("safety", interlock({ safety: "unknown" }))).toBe("unknown");
    expect(verdict("enabled", { changesEnabled: null })).toBe("unknown");
    expect(verdict("disk", {}, { ...TARGET, onDisk: null })).toBe("unknown");
    expect(verdict("link", { link: "late" })).toBe("unknown");
  });

  test("the last word of a silent scanner is not the present", () => {
    for (const link of ["offline", "never"] as const) {
      expect(verdict("energised", { link })).toBe("unknown");
      expect(verdict("scan", { link })).toBe("unknown");
      expect(verdict("safety", { link })).toBe("unknown");
      expect(verdict("link", { link })).toBe("fail");
    }
    expect(verdict("energised", interlock({ asOfMs: null }))).toBe("unknown");
    expect(verdict("energised", interlock({ safety: "lost" }))).toBe("unknown");
    expect(verdict("scan", interlock({ safety: "lost" }))).toBe("unknown");
  });

  test("what speaks against it fails", () => {
    expect(verdict("energised", interlock({ energised: true }))).toBe("fail");
    expect(verdict("scan", interlock({ scanning: true }))).toBe("fail");
    for (const safety of ["lost", "tripped", "bypassed", "limit-exceeded", "config-mismatch"] as const)
      expect(verdict("safety", interlock({ safety }))).toBe("fail");
    expect(verdict("enabled", { changesEnabled: false })).toBe("fail");
    expect(verdict("alone", { openChangeId: "x" })).toBe("fail");
    expect(verdict("floor", { floor: { required: 4, target: 3 } })).toBe("fail");
    expect(verdict("confirmed", { confirmedHere: false })).toBe("fail");
    expect(verdict("disk", {}, { ...TARGET, onDisk: false })).toBe("fail");
    expect(verdict("fits", { to: null }, null)).toBe("fail");
    expect(verdict("blocked", { blockedHere: { code: "health-failed" } }, null)).toBe("fail");
  });

  test("a model without a safety daemon passes: none is expected", () => {
    expect(verdict("safety", interlock({ safety: "none" }))).toBe("pass");
  });
});
