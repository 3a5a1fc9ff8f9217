import { expect, test } from "vitest";
import { backDeadlineMs, deadlineAfterBootMs, deadlineMs } from "#core/change/budget.ts";
import { effectsOf } from "#core/change/effects-of.ts";
import { EVERY_STEP, examplePlan, journalAt, NEW, OLD } from "#core/change/example-plan.ts";

test("each step asks for one thing at most, and always for the same", () => {
  for (const step of EVERY_STEP) {
    const effects = effectsOf(journalAt(step));
    expect(effects.length).toBeLessThanOrEqual(1);
    expect(effectsOf(journalAt(step))).toEqual(effects);
  }
});

test("forward goes to the target and by a one-shot entry, back to what ran, as the default", () => {
  expect(effectsOf(journalAt("set"))).toEqual([{ do: "set", toplevel: NEW }]);
  expect(effectsOf(journalAt("boot"))).toEqual([{ do: "boot", toplevel: NEW, once: true }]);
  expect(effectsOf(journalAt("reboot"))).toEqual([{ do: "reboot", toplevel: NEW, once: true }]);
  expect(effectsOf(journalAt("back-set"))).toEqual([{ do: "set", toplevel: OLD }]);
  expect(effectsOf(journalAt("back-boot"))).toEqual([{ do: "boot", toplevel: OLD, once: false }]);
  expect(effectsOf(journalAt("back-switch"))).toMatchObject([{ toplevel: OLD }]);
  expect(effectsOf(journalAt("back-reboot"))).toEqual([{ do: "reboot", toplevel: OLD, once: false }]);
  expect(effectsOf(journalAt("staged", { plan: { action: "stage" } }))).toEqual([]);
});

test("the deadline is later than every phase it watches over", () => {
  const { health } = examplePlan();
  const { budgets } = health;
  expect(deadlineMs(health, "live")).toBeGreaterThan(budgets.activateMs + budgets.probationMs);
  expect(deadlineMs(health, "reboot")).toBeGreaterThan(
    budgets.activateMs + budgets.rebootMs + budgets.probationMs,
  );
  expect(deadlineAfterBootMs(health)).toBeGreaterThan(budgets.probationMs);
  expect(backDeadlineMs(health, "live")).toBeGreaterThan(budgets.activateMs);
  expect(backDeadlineMs(health, "reboot")).toBeGreaterThan(budgets.activateMs + budgets.rebootMs);
});
