import { ActivateError } from "#agent/activate/activate-error.ts";
import type { Host } from "#agent/activate/host.ts";
import { planOf, rollback } from "#agent/activate/local.ts";
import { gateView } from "#agent/change/gather-run.ts";
import { enter, type Local, refused } from "#agent/local/act.ts";
import { refuseStranger } from "#agent/local/acts.ts";
import { type Confirmed, findConfirmed } from "#core/change/confirmed.ts";
import { shutGates } from "#core/change/gates.ts";
import { noRoom } from "#core/change/room.ts";
import { STEP_PHASES } from "#core/change/steps.ts";
import { plainText } from "#core/local/log.ts";
import { type CheckTold, preflight, standsAgainstWayBack } from "#core/local/preflight.ts";
import type { LocalAnswer } from "#core/local/verbs.ts";
import { isWayBackFree } from "#core/local/way-back.ts";

/** Going back to a generation that was confirmed on this scanner, asked for on its own page (ACT-4, OFF-2). */
type BackAsk = { to: string; reason: string; attest: boolean; passcode: string };

/** The change that waits lets go of the journal within the time between two looks at its gate. */
const TRIES = 3;

export async function answerPreflight({ host }: Local, to: string): Promise<LocalAnswer> {
  const looked = await lookBefore(host, to);
  if (looked === null) return refused("never-confirmed");
  const { wanted, checks } = looked;
  return { answer: "preflight", toplevel: wanted.toplevel, release: wanted.release, checks };
}

export async function goBack(local: Local, ask: BackAsk): Promise<LocalAnswer> {
  const { host } = local;
  const reason = plainText(ask.reason);
  if (reason === null) return refused("no-text");
  const looked = await lookBefore(host, ask.to);
  if (looked === null) return refused("never-confirmed");
  const shut = standsAgainstWayBack(looked.checks, ask.attest);
  if (shut !== null) return refused("check", shut);
  const no = await refuseStranger(local, ask.passcode);
  if (no !== null) return no;
  const { toplevel, release } = looked.wanted;
  await enter(local, { act: "rollback", to: release ?? toplevel, text: reason });
  try {
    await begin(host, { ...ask, to: toplevel, reason, door: local.door });
  } catch (error) {
    if (!(error instanceof ActivateError)) throw error;
    await enter(local, {
      act: "rollback",
      result: "refused",
      to: release ?? toplevel,
      text: error.message.slice(0, 900),
    });
    return refused("busy", error.message);
  }
  return { answer: "done", act: "rollback" };
}

async function begin(host: Host, ask: Parameters<typeof rollback>[1]): Promise<void> {
  // A change that waits at a gate holds the journal until it is asked for no more.
  if (STEP_PHASES[(await host.records.journal()).step] === "before") await host.records.saveAsked(null);
  for (let tries = 1; ; tries += 1) {
    try {
      await rollback(host, ask);
      return;
    } catch (error) {
      if (!(error instanceof ActivateError) || error.code !== "busy" || tries === TRIES) throw error;
    }
  }
}

async function lookBefore(
  host: Host,
  to: string,
): Promise<{ wanted: Confirmed; checks: CheckTold[] } | null> {
  const wanted = findConfirmed(await host.records.confirmed(), to);
  if (wanted === null) return null;
  const nowMs = host.clock.nowMs();
  const plan = planOf(wanted, { to, reason: "", attest: false, door: "page" }, 0, nowMs);
  const view = await gateView(host, plan);
  const gates = shutGates(plan, host.settings, view);
  const { current, profile } = await host.look.seen();
  const checks = preflight({
    enabled: host.settings.enable,
    confirmed: true,
    runsAlready: current === wanted.toplevel && profile === wanted.toplevel,
    alone: isWayBackFree(await host.records.journal(), wanted.toplevel) && !view.busy,
    daemon: wanted.health.safety === "required",
    safety: view.safety,
    diskFull: gates.includes("disk-full"),
    bootFull: gates.includes("boot-partition-full"),
    bootUnseen: view.boot !== null && noRoom(view.boot, 0)?.why === "unseen",
  });
  return { wanted, checks };
}
