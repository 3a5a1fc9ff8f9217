import type { Journal } from "#core/change/journal.ts";
import { type Outcome, type Plan, planSchema, type Run } from "#core/change/plan.ts";
import { STEP_PHASES, STEPS, type Step } from "#core/change/steps.ts";

const HASH = "0123456789abcdfghijklmnpqrsvwxyz";
export const OLD = `/nix/store/${HASH}-nixos-system-scanner-1`;
export const NEW = `/nix/store/${HASH}-nixos-system-scanner-2`;
export const BOOT = "11111111-1111-4111-8111-111111111111";
export const LATER_BOOT = "22222222-2222-4222-8222-222222222222";

/** A plan and its surroundings as tests want them. */
export function examplePlan(words: Partial<Plan> = {}): Plan {
  return planSchema.parse({
    changeId: "019a5b1e-0000-7000-8000-0000000000c1",
    seq: 7,
    origin: "instruction",
    action: "activate",
    release: "r2",
    counter: 2,
    system: "scanner",
    toplevel: NEW,
    closureDigest: "a".repeat(64),
    health: { budgets: {}, safety: "required", unitsActive: ["motor.service"], modulesLoaded: [] },
    slots: [],
    notBeforeMs: 0,
    notAfterMs: 10_000_000,
    requestedBy: "Test Engineer",
    attested: false,
    ...words,
  });
}

export function exampleRun(words: Partial<Run> = {}): Run {
  return {
    from: OLD,
    fromRelease: "r1",
    way: "live",
    bootId: BOOT,
    failedBefore: [],
    energised: false,
    ...words,
  };
}

/** A journal in each step of the table. */
export function journalAt(step: Step, words: { plan?: Partial<Plan>; run?: Partial<Run> } = {}): Journal {
  const plan = examplePlan(words.plan);
  const run = exampleRun(words.run);
  const before = { plan, sinceMs: 5 };
  const back = { reason: "health-failed", detail: "sick", way: run.way, attempts: 1 } as const;
  const phase = STEP_PHASES[step];
  if (step === "rest") return { step, sinceMs: 5, last: null };
  if (step === "offered") return { step, ...before, progress: null };
  if (step === "staged") return { step, ...before, waiting: null };
  if (phase === "before") return { step, ...before } as Journal;
  if (phase === "back" || phase === "stuck") return { step, ...before, run, back } as Journal;
  return { step, ...before, run } as Journal;
}

export const EVERY_STEP: readonly Step[] = STEPS;

/** How a change ended that went back because what it brought was sick. */
export function exampleWayBack(words: Partial<Outcome> = {}): Outcome {
  return {
    ...{ state: "rolled-back", changeId: "one", seq: 1, from: "r1", to: "r2", toplevel: NEW },
    ...{ reason: "health-failed", detail: "", energised: null },
    ...words,
  };
}
