import type { Systems } from "#demo/host/systems.ts";
import type { FleetPlan, PlannedScanner } from "#demo/plan/plan.ts";
import type { FactsMaker, Made } from "#demo/seed/facts-at.ts";
import type { SeededReleases } from "#demo/seed/known-releases.ts";
import { Ledger } from "#demo/seed/ledger.ts";
import { type OtherStep, type Step, stepsOf } from "#demo/seed/steps.ts";

export type Narrated = { ledger: Ledger; steps: readonly Step[] };
export type Narrator = { plan: FleetPlan; systems: Systems; maker: FactsMaker; releases: SeededReleases };

const RETURN_MS = 15_000;

/** Everything that the server would hold of one scanner at the plan's now. */
export async function narrate(narrator: Narrator, scanner: PlannedScanner): Promise<Narrated> {
  const { plan, systems, releases } = narrator;
  const steps = stepsOf(plan, scanner, systems);
  const standing = {
    identity: "approved",
    service: "in-service",
    serviceUntilMs: null,
    createdAtMs: scanner.enrolledMs,
  } as const;
  const ledger = new Ledger(standing, releases.byToplevel(scanner.model));
  let heard: Heard = { bootId: "", clockOffsetMs: 0 };
  let made: Made | null = null;
  for (const step of steps) {
    ledger.passUntil(step.atMs);
    if (step.kind === "report") {
      heard = step;
      const { state, order, bootId, atMs } = step;
      made = await narrator.maker.factsAt(state, atMs, made);
      ledger.report({ facts: made.facts, order, bootId, atMs, scannerMs: atMs + step.clockOffsetMs });
    } else take(narrator, scanner, { ledger, step, heard });
  }
  ledger.passUntil(plan.nowMs);
  return { ledger, steps };
}

/** What a heartbeat shows beside being there. */
type Heard = { bootId: string; clockOffsetMs: number };
type Taking = { ledger: Ledger; step: OtherStep; heard: Heard };

function take({ releases }: Narrator, { model }: PlannedScanner, { ledger, step, heard }: Taking): void {
  switch (step.kind) {
    case "beat":
      ledger.beat(step.atMs, heard);
      break;
    case "pin":
      ledger.pinned = releases.named(model, step.release);
      ledger.expectAgain(step.atMs);
      break;
    case "service":
      ledger.standing = { ...ledger.standing, service: step.service };
      ledger.expectAgain(step.atMs);
      break;
    case "silence":
      beSilent(ledger, step, heard);
      break;
  }
}

/** Two heartbeats in a row end it (F28). */
function beSilent(ledger: Ledger, step: Extract<OtherStep, { kind: "silence" }>, heard: Heard): void {
  const { atMs, untilMs } = step;
  ledger.beat(atMs, heard);
  ledger.fallSilent(atMs);
  if (untilMs === null) return;
  ledger.passUntil(untilMs);
  ledger.beat(untilMs, heard);
  ledger.beat(untilMs + RETURN_MS, heard);
  ledger.isHeardAgain();
}
