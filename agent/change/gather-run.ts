import type { ChangePort } from "#agent/change/port.ts";
import { findConfirmed } from "#core/change/confirmed.ts";
import type { ChangeEvent } from "#core/change/event.ts";
import { type GateView, shutGate } from "#core/change/gates.ts";
import type { Staged } from "#core/change/journal.ts";
import type { Plan } from "#core/change/plan.ts";
import { wayOf } from "#core/change/way.ts";
import { isPostponed, isWithdrawn } from "#core/local/wishes.ts";

/**
 * PRE: is this still wanted, and may it begin now? Everything is read by the activator itself at this moment; what the agent said does
 * not count (ACT-2).
 */
export async function gatherRun(port: ChangePort, { plan }: Staged): Promise<ChangeEvent> {
  const nowMs = port.clock.nowMs();
  if (plan.origin === "instruction") {
    if ((await port.records.askedChange()) !== plan.changeId) return { kind: "withdrawn" };
    if (nowMs > plan.notAfterMs) return { kind: "expired" };
  }
  const seen = await port.look.seen();
  if (seen.current === null || seen.booted === null)
    return { kind: "unproved", reason: "not-on-disk", detail: "what runs here is not to be read" };
  // Without a way back that is whole there is no way forward (F16).
  const wayBack = await port.store.prove(seen.current, null, true);
  if (!wayBack.ok)
    return {
      kind: "unproved",
      reason: "not-on-disk",
      detail: `the way back: ${wayBack.detail}`.slice(0, 900),
    };
  const gate = shutGate(plan, port.settings, await gateView(port, plan));
  if (gate !== null) return { kind: "shut", gate };
  // Before ARM, so that whatever goes back from there on has something to go back to (I5).
  await port.store.root("from", seen.current);
  await port.fault("staged.rooted");
  const [target, running, booted] = await Promise.all([
    port.look.switchFacts(plan.toplevel),
    port.look.switchFacts(seen.current),
    port.look.switchFacts(seen.booted),
  ]);
  const { last } = port.safety.heard();
  return {
    kind: "open",
    run: {
      from: seen.current,
      fromRelease: findConfirmed(await port.records.confirmed(), seen.current)?.release ?? null,
      way: wayOf({ target, running, booted }, port.settings.liveSwitch),
      bootId: seen.bootId,
      failedBefore: (await port.units.failed()).slice(0, 1024),
      energised: plan.health.safety === "none" ? null : (last?.state.energised ?? null),
    },
  };
}

/** Everything the gates are decided by, read now. */
export async function gateView(
  port: ChangePort,
  { toplevel, changeId }: Pick<Plan, "toplevel" | "changeId">,
): Promise<GateView> {
  const boot = await port.boot.space(toplevel);
  const { hold, chosen } = await port.records.wishes();
  const moment = { nowMs: port.clock.nowMs(), localMinute: port.clock.localMinute() };
  return {
    ...moment,
    held: hold !== null,
    postponed: isPostponed(chosen, changeId, moment),
    safety: port.safety.heard(),
    consented: (await port.records.consented()).filter((one) => !isWithdrawn(chosen, one)),
    busy: await port.switcher.busy(),
    freeBytes: (await port.store.space()).freeBytes,
    // The closure is in the store when the gates are looked at.
    neededBytes: 0,
    boot,
  };
}
