import { expect, test } from "vitest";
import { EVERY_STEP, journalAt, NEW, OLD } from "#core/change/example-plan.ts";
import { STEP_PHASES } from "#core/change/steps.ts";
import { isWayBackFree } from "./way-back.ts";

test("at rest and before anything is armed every way back is free; out of an armed change there is one [ACT-4, LOC-1]", () => {
  const free = {
    rest: [true, true],
    before: [true, true],
    armed: [true, false],
    stuck: [true, false],
    confirmed: [false, false],
    back: [false, false],
  } as const;
  for (const step of EVERY_STEP) {
    const journal = journalAt(step);
    expect([isWayBackFree(journal, OLD), isWayBackFree(journal, NEW)], step).toEqual(free[STEP_PHASES[step]]);
  }
});
