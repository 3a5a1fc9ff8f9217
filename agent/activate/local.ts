import { randomUUID } from "node:crypto";
import { ActivateError } from "#agent/activate/activate-error.ts";
import type { Host } from "#agent/activate/host.ts";
import { carryOn, locked, note } from "#agent/activate/machine.ts";
import { gatherRun } from "#agent/change/gather-run.ts";
import { unblock } from "#core/change/blocked.ts";
import { type Confirmed, findConfirmed } from "#core/change/confirmed.ts";
import type { GoingBack, Journal, UnderWay } from "#core/change/journal.ts";
import type { Plan } from "#core/change/plan.ts";
import { STEP_PHASES } from "#core/change/steps.ts";
import { toldOf } from "#core/change/told.ts";
import type { Door } from "#core/local/log.ts";

/**
 * What root on the scanner may do, with no network and no server (ACT-4). Each word is written down with its reason; nothing here can
 * bring in a closure that was not confirmed on this scanner.
 */

const DAY_MS = 24 * 60 * 60_000;

export type RollbackAsk = { to: string; reason: string; attest: boolean; door?: Door };

/** Begins the way back; `carryOn` does the rest. In the middle of a change it breaks that one off. */
export async function rollback(host: Host, ask: RollbackAsk): Promise<Journal> {
  host.log(`rollback to ${ask.to} asked on this scanner: ${ask.reason}`);
  const journal = await locked(host, 5_000, async () => beginRollback(host, ask));
  return carryOn(host, journal);
}

async function beginRollback(host: Host, ask: RollbackAsk): Promise<Journal> {
  if (!host.settings.enable)
    throw new ActivateError("refused", "Changes are off on this scanner (services.fiducial.changes.enable).");
  const journal = await host.records.journal();
  const phase = STEP_PHASES[journal.step];
  if ("run" in journal && (phase === "armed" || phase === "stuck")) return breakOff(host, journal, ask);
  if (phase === "back" || phase === "confirmed")
    throw new ActivateError("busy", "A change is just ending on this scanner; ask again in a moment.");
  const wanted = findConfirmed(await host.records.confirmed(), ask.to);
  if (wanted === null)
    throw new ActivateError(
      "refused",
      `${ask.to} was never confirmed on this scanner: see fiducial-activate status.`,
    );
  const { current, profile } = await host.look.seen();
  if (current === wanted.toplevel && profile === wanted.toplevel)
    throw new ActivateError("refused", `${ask.to} is what runs.`);
  // The director's instruction that still stands is over with this: it would bring back at once what is being left.
  const over = (await host.records.sequence())?.seq ?? 0;
  const plan = planOf(wanted, ask, over, host.clock.nowMs());
  await refuseWhatIsShut(host, plan);
  return note(host, journal, { kind: "accepted", plan, complete: true });
}

/** A change is under way: there is one way out of it, and whoever wants another one goes there from the end of this. */
function breakOff(host: Host, journal: UnderWay | GoingBack, ask: RollbackAsk): Promise<Journal> {
  const { from, fromRelease } = journal.run;
  if (ask.to !== from && ask.to !== fromRelease)
    throw new ActivateError(
      "refused",
      `A change is under way, and the way out of it leads back to ${fromRelease ?? from}: ask for that first.`,
    );
  return note(host, journal, { kind: "abandoned", detail: ask.reason.slice(0, 900) });
}

/** Told at once and not left waiting: whoever stands at the scanner can do something about it. */
async function refuseWhatIsShut(host: Host, plan: Plan): Promise<void> {
  const looked = await gatherRun(host, { step: "staged", plan, sinceMs: 0, waiting: null });
  if (looked.kind === "shut")
    throw new ActivateError("refused", `The scanner does not let a change begin now: ${looked.gate}.`);
}

const ASKERS = {
  command: "root on this scanner",
  page: "a person with the passcode at this scanner",
} as const satisfies Record<Door, string>;

export function planOf(wanted: Confirmed, ask: RollbackAsk, seq: number, nowMs: number): Plan {
  const { release, counter, system, toplevel, closureDigest, health } = wanted;
  return {
    changeId: randomUUID(),
    seq,
    origin: "local",
    action: "rollback",
    ...{ release, counter, system, toplevel, closureDigest, health },
    slots: [],
    notBeforeMs: 0,
    notAfterMs: nowMs + DAY_MS,
    requestedBy: `${ASKERS[ask.door ?? "command"]}: ${ask.reason}`.slice(0, 200),
    attested: ask.attest,
  };
}

export async function liftBlock(host: Host, toplevel: string, reason: string): Promise<void> {
  await locked(host, 5_000, async () => {
    const left = unblock(await host.records.failures(), toplevel);
    if (left === null) throw new ActivateError("refused", `${toplevel} is not blocked here.`);
    await host.records.saveFailures(left);
    await host.records.tell(toldOf(await host.records.journal()));
  });
  host.log(`${toplevel} is no longer blocked: ${reason}`);
}
