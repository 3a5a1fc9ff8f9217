import type { Run } from "#core/change/plan.ts";
import type { HealthContract } from "#core/release/release.ts";

/** The phases end in time by themselves; the deadline is for when whatever watches them is dead. */
const SLACK_MS = 60_000;

/** From ARM to CONFIRM at the longest, milliseconds. A reboot arms it anew, because the monotonic clock begins at the boot. */
export function deadlineMs({ budgets }: HealthContract, way: Run["way"]): number {
  const rebootMs = way === "reboot" ? budgets.rebootMs : 0;
  return budgets.activateMs + rebootMs + budgets.probationMs + SLACK_MS;
}

/** After a planned boot only the probation is left. */
export function deadlineAfterBootMs({ budgets }: HealthContract): number {
  return budgets.probationMs + SLACK_MS;
}

/** For the way back: no probation. */
export function backDeadlineMs({ budgets }: HealthContract, way: Run["way"]): number {
  return budgets.activateMs + (way === "reboot" ? budgets.rebootMs : 0) + SLACK_MS;
}
