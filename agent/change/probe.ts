import type { ChangePort } from "#agent/change/port.ts";
import type { ChangeEvent } from "#core/change/event.ts";
import type { UnderWay } from "#core/change/journal.ts";
import { beginProbation, lookAgain, type ProbeView } from "#core/change/probation.ts";

/** Often enough that a daemon which is silent for two seconds is seen, seldom enough to disturb nobody. */
const LOOK_EVERY_MS = 500;

/** PROBE: looks until the contract holds or is broken. What it sees it reads itself; only the sign of life is the agent's. */
export async function probe(port: ChangePort, { plan, run }: UnderWay): Promise<ChangeEvent> {
  const restartsBefore = await port.units.agentRestarts();
  let probation = beginProbation(port.clock.monotonicMs());
  for (;;) {
    const looked = lookAgain(probation, await look(port, plan.health.unitsActive, restartsBefore), {
      plan,
      run,
    });
    probation = looked.probation;
    const { verdict } = looked;
    if (verdict.verdict === "passed") return { kind: "probed", passed: true };
    if (verdict.verdict === "failed")
      return { kind: "probed", passed: false, reason: verdict.reason, detail: verdict.detail.slice(0, 900) };
    await port.clock.sleep(LOOK_EVERY_MS);
  }
}

async function look(port: ChangePort, units: readonly string[], restartsBefore: number): Promise<ProbeView> {
  const { current, booted, profile } = await port.look.seen();
  return {
    atMs: port.clock.monotonicMs(),
    safety: port.safety.heard(),
    units: await port.units.states(units),
    modules: await port.look.modules(),
    agentAgeMs: await port.look.agentAgeMs(),
    agentDeaths: Math.max(0, (await port.units.agentRestarts()) - restartsBefore),
    current,
    booted,
    profile,
  };
}
