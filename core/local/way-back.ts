import type { Journal } from "#core/change/journal.ts";
import { STEP_PHASES } from "#core/change/steps.ts";

/** Whether a person at the scanner may begin the way back to this system now. Out of a change that is armed there is one: where it came from. */
export function isWayBackFree(journal: Journal, toplevel: string): boolean {
  const phase = STEP_PHASES[journal.step];
  if ("run" in journal && (phase === "armed" || phase === "stuck")) return journal.run.from === toplevel;
  return phase === "rest" || phase === "before";
}
