import { gatherRun } from "#agent/change/gather-run.ts";
import type { ChangePort, Done, Proved } from "#agent/change/port.ts";
import { probe } from "#agent/change/probe.ts";
import { afterWayBack } from "#core/change/blocked.ts";
import { withConfirmed } from "#core/change/confirmed.ts";
import { outcomeOfBack } from "#core/change/decide-back.ts";
import type { Effect, EffectName } from "#core/change/effect.ts";
import type { ChangeEvent } from "#core/change/event.ts";
import { shutInterlock } from "#core/change/gates.ts";
import { holdAfter } from "#core/change/held.ts";
import type { GoingBack, Journal, Preparing, Staged, UnderWay } from "#core/change/journal.ts";
import { LOCK_TAKEN } from "#core/change/switch-exit.ts";

/** Null: the host goes down. */
type Happened = Promise<ChangeEvent | null>;
type Of<E extends EffectName> = Extract<Effect, { do: E }>;
type Executor<E extends EffectName, J extends Journal> = (
  port: ChangePort,
  journal: J,
  effect: Of<E>,
) => Happened;

type Moving = UnderWay | GoingBack;

/** How each effect of `decide` is carried out: complete, and each may be done twice. */
export const EXECUTORS = {
  copy: async (port, journal, { toplevel }) => {
    // The root goes first: a collection between copy and root would take what was copied (L25).
    await port.store.root("target", toplevel);
    await port.fault("copy.rooted");
    if (journal.plan.action === "rollback") return { kind: "done" };
    const copied = await port.store.copy(toplevel);
    await port.fault("copy.copied");
    return eventOf(copied);
  },
  verify: async (port, { plan }, { toplevel }) => {
    // What was confirmed here need not be read twice a day: whoever wants the old generation back wants it soon.
    const fresh = plan.action === "rollback";
    return eventOf(await port.store.prove(toplevel, plan.closureDigest, fresh));
  },
  keep: async (port, _, { toplevel }) => {
    await port.store.root("target", toplevel);
    await port.store.sync();
    return { kind: "done" };
  },
  look: (port, journal) => gatherRun(port, journal),
  arm: async (port, _, { deadlineMs }) => {
    // The gates have seen room for it: from here on a disk that fills is a scanner half way.
    await port.ballast.restore();
    return eventOf(await port.deadline.arm(deadlineMs));
  },
  set: async (port, _, { toplevel }) => {
    const done = await port.profile.set(toplevel);
    await port.store.sync();
    return eventOf(done);
  },
  boot: async (port, journal, { toplevel, once }) => {
    const installed = await port.boot.install(toplevel, once);
    const gate = installed.ok && once ? shutInterlock(journal.plan, port.safety.heard()) : null;
    return gate === null ? eventOf(installed) : { kind: "shut", gate };
  },
  switch: async (port, journal, { toplevel, limitMs }) => {
    const status = await switchPatiently(port, toplevel, limitMs);
    const before = new Set(journal.run.failedBefore);
    const newlyFailed = status === 4 ? (await port.units.failed()).filter((unit) => !before.has(unit)) : [];
    return { kind: "switched", result: { status, newlyFailed } };
  },
  reboot: async (port, _, { toplevel, once }) => {
    const prepared = once ? await port.boot.nextBoot(toplevel) : ({ ok: true } as const);
    if (!prepared.ok) return { kind: "failed", detail: prepared.detail };
    await port.store.sync();
    const gone = await port.boot.reboot();
    return gone.ok ? null : { kind: "failed", detail: gone.detail };
  },
  rearm: async (port, _, { deadlineMs }) => eventOf(await port.deadline.arm(deadlineMs)),
  "restart-agent": async (port) => eventOf(await port.units.restartAgent()),
  probe: (port, journal) => probe(port, journal),
  bless: async (port, _, { toplevel }) => eventOf(await port.boot.makeDefault(toplevel)),
  confirm: async (port, { plan }) => {
    const file = withConfirmed(await port.records.confirmed(), plan, port.clock.nowMs());
    await port.records.saveConfirmed(file);
    await port.fault("confirm.recorded");
    for (const [index, one] of file.generations.entries())
      await port.store.root(`confirmed-${index + 1}`, one.toplevel);
    await port.fault("confirm.rooted");
    await port.look.moveGuard(plan.toplevel);
    return { kind: "done" };
  },
  settle: async (port) => {
    await port.deadline.disarm();
    const { generations } = await port.records.confirmed();
    await port.store.dropRootsBeyond(generations.length);
    await port.ballast.restore();
    return { kind: "done" };
  },
  "arm-back": async (port, _, { deadlineMs }) => {
    await port.ballast.free();
    return eventOf(await port.deadline.arm(deadlineMs));
  },
  observe: async (port) => ({ kind: "observed", seen: await port.look.seen() }),
  "settle-back": async (port, journal) => {
    await port.deadline.disarm();
    await remember(port, journal);
    await port.ballast.restore();
    return { kind: "done" };
  },
} satisfies {
  copy: Executor<"copy", Preparing>;
  verify: Executor<"verify", Preparing>;
  keep: Executor<"keep", Preparing>;
  look: Executor<"look", Staged>;
  arm: Executor<"arm", UnderWay>;
  set: Executor<"set", Moving>;
  boot: Executor<"boot", Moving>;
  switch: Executor<"switch", Moving>;
  reboot: Executor<"reboot", Moving>;
  rearm: Executor<"rearm", UnderWay>;
  "restart-agent": Executor<"restart-agent", UnderWay>;
  probe: Executor<"probe", UnderWay>;
  bless: Executor<"bless", UnderWay>;
  confirm: Executor<"confirm", UnderWay>;
  settle: Executor<"settle", UnderWay>;
  "arm-back": Executor<"arm-back", GoingBack>;
  observe: Executor<"observe", GoingBack>;
  "settle-back": Executor<"settle-back", GoingBack>;
} satisfies Record<EffectName, unknown>;

function eventOf(done: Done | Proved): ChangeEvent {
  if (done.ok) return { kind: "done" };
  if ("refused" in done) return { kind: "unproved", reason: done.refused, detail: done.detail.slice(0, 900) };
  return { kind: "failed", detail: done.detail.slice(0, 900) };
}

const RETRY_MS = 2_000;

/** The script does not wait for its lock, so this does. */
async function switchPatiently(port: ChangePort, toplevel: string, limitMs: number): Promise<number | null> {
  const untilMs = port.clock.monotonicMs() + limitMs;
  for (;;) {
    const leftMs = untilMs - port.clock.monotonicMs();
    const status = await port.switcher.run(toplevel, Math.max(leftMs, 1_000));
    if (status !== LOCK_TAKEN || leftMs < RETRY_MS) return status;
    await port.clock.sleep(RETRY_MS);
  }
}

/** Counted once per change, however often the end of the way back is done again. The hold goes first: without it a block alone would be tried around. */
async function remember(port: ChangePort, journal: GoingBack): Promise<void> {
  const { records, clock } = port;
  const last = outcomeOfBack(journal);
  const held = holdAfter(last, clock.nowMs());
  if (held !== null) await records.saveHeld(held);
  await records.saveFailures(afterWayBack(await records.failures(), last, clock.nowMs()));
}
