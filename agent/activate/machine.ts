import { setTimeout as pause } from "node:timers/promises";
import { ActivateError } from "#agent/activate/activate-error.ts";
import { withRoom } from "#agent/activate/ballast.ts";
import type { Host } from "#agent/activate/host.ts";
import { sweepDrafts } from "#agent/activate/sweep.ts";
import {
  CHANGE_UNITS,
  isRunning,
  SWITCH_UNITS,
  startChangeUnit,
  stopUnits,
} from "#agent/activate/unit-runner.ts";
import { carry } from "#agent/change/carry.ts";
import { lockInstance } from "#agent/link/instance-lock.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { decide } from "#core/change/decide.ts";
import type { ChangeEvent } from "#core/change/event.ts";
import type { Journal } from "#core/change/journal.ts";
import { STEP_PHASES } from "#core/change/steps.ts";
import { toldOf } from "#core/change/told.ts";

const LOCK_RETRY_MS = 200;
/** Who was started ahead waits for no more than what it was started for. */
const LOCK_AHEAD = { forMs: 5_000, retryMs: 10 };
/** A busy scanner takes seconds to start a program. */
const CARRIED_TRIES = 100;
/** The usual name, and others while systemd holds those. */
const START_TRIES = 5;
/** Between two looks at a gate that is shut: a few small files and the daemon's last word. */
const GATE_MS = 5_000;

/** One writer of the journal: null when somebody else is, after waiting so long. */
export async function tryLock(host: Host, waitMs: number): Promise<(() => Promise<void>) | null> {
  const sinceMs = host.system.monotonicMs();
  for (;;) {
    try {
      return await withRoom(host.folders.state, () => lockInstance(host.folders.state, host.bootId));
    } catch (error) {
      if (!(error instanceof LinkError) || error.code !== "already-running") throw error;
      if (host.system.monotonicMs() >= sinceMs + waitMs) return null;
    }
    const isSoon = host.system.monotonicMs() < sinceMs + LOCK_AHEAD.forMs;
    await pause(isSoon ? LOCK_AHEAD.retryMs : LOCK_RETRY_MS);
  }
}

export async function locked<T>(host: Host, waitMs: number, action: () => Promise<T>): Promise<T> {
  const unlock = await tryLock(host, waitMs);
  if (unlock === null)
    throw new ActivateError("busy", "Another change is being carried out on this scanner.");
  try {
    return await action();
  } finally {
    await unlock();
  }
}

/** Takes an event in without doing anything on the host: what is to be done is done by the change unit. */
export async function note(host: Host, journal: Journal, event: ChangeEvent): Promise<Journal> {
  const { journal: next } = decide(journal, event, host.clock.nowMs());
  if (JSON.stringify(next) !== JSON.stringify(journal)) {
    host.log(`${journal.step} -> ${next.step} (${event.kind})`);
    await host.records.saveJournal(next);
  }
  await host.records.tell(toldOf(next));
  if (next.step === "rest") await host.store.dropEarly();
  return next;
}

/** `run`: carries the journal forward to its end, wherever it stands. */
export async function runMachine(host: Host): Promise<Journal> {
  return locked(host, 60_000, async () => {
    const found = await host.records.journal();
    let journal = await carry(host, found, { kind: "resumed", seen: await host.look.seen() });
    // A gate is shut: looked at again here, and not only when the agent asks, because the scan's end is no matter of the network.
    while (journal.step === "staged" && journal.waiting !== null) {
      await host.clock.sleep(GATE_MS);
      journal = await carry(host, journal, { kind: "complete" });
    }
    if (journal.step === "rest") await host.store.dropEarly();
    return journal;
  });
}

/** `recover`: at boot, before anything else of ours. Asked again, it says the same; who carries the change on already is left alone. */
export async function recover(host: Host): Promise<Journal> {
  const unlock = await tryLock(host, 2_000);
  if (unlock === null) return host.records.journal();
  let journal: Journal;
  try {
    await sweepDrafts(host.folders);
    const found = await host.records.journal();
    journal = await note(host, found, { kind: "resumed", seen: await host.look.seen() });
  } finally {
    await unlock();
  }
  return carryOn(host, journal);
}

/** `deadline`: whatever was to confirm the change did not do it in time, and may hang. */
export async function passDeadline(host: Host): Promise<Journal> {
  for (const units of [CHANGE_UNITS, SWITCH_UNITS]) await stopUnits(host.system, units);
  // A full disk may be why it did not end, and the journal has to be written.
  await host.ballast.free();
  const journal = await locked(host, 60_000, async () =>
    note(host, await host.records.journal(), { kind: "deadline" }),
  );
  return carryOn(host, journal);
}

/** Whether something is left to do that does not wait for somebody else. */
function isMoving(journal: Journal): boolean {
  if (journal.step === "offered" || journal.step === "stuck") return false;
  if (journal.step === "staged") return journal.plan.action !== "stage";
  return STEP_PHASES[journal.step] !== "rest";
}

/**
 * Whether the change's unit has the journal in hand. One that lives without the lock is only beginning, or it is at its end and sees
 * nothing any more: who took it for the former left a change to nobody.
 */
async function isCarried(host: Host): Promise<boolean> {
  for (let tries = 0; tries < CARRIED_TRIES; tries += 1) {
    if (!(await isRunning(host.system, CHANGE_UNITS))) return false;
    const unlock = await tryLock(host, 0);
    if (unlock === null) return true;
    await unlock();
    await pause(LOCK_RETRY_MS);
  }
  return true;
}

/** In a unit of its own; should systemd not start one, here and now: a scanner must not stay half way for want of a unit. */
export async function carryOn(host: Host, journal: Journal): Promise<Journal> {
  if (!isMoving(journal)) return journal;
  const command = [...host.command, "run"];
  let detail = "";
  for (let tries = 0; tries < START_TRIES; tries += 1) {
    if (await isCarried(host)) return journal;
    const started = await startChangeUnit(host.system, command, tries);
    if (started.ok) return journal;
    detail = started.detail;
    if (!started.again) break;
  }
  host.log(detail);
  return runMachine(host);
}
