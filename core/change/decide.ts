import { decideBack, goBack } from "#core/change/decide-back.ts";
import { decideBefore } from "#core/change/decide-before.ts";
import { resumeForward } from "#core/change/decide-resume.ts";
import type { Effect } from "#core/change/effect.ts";
import { effectsOf } from "#core/change/effects-of.ts";
import type { ChangeEvent } from "#core/change/event.ts";
import type { Journal, UnderWay } from "#core/change/journal.ts";
import type { BackReason, Way } from "#core/change/plan.ts";
import { STEP_PHASES } from "#core/change/steps.ts";
import { judgeSwitch } from "#core/change/switch-exit.ts";
import { wordOf } from "#core/change/told.ts";

export type Decided = { journal: Journal; effects: Effect[] };

/**
 * The whole change machine (architecture.md §6): what the journal says, what happened, hence what the journal says next and what is
 * to be done on the host. Pure: no clock but the `nowMs` that the event came with, no I/O. An event that means nothing in a step
 * changes nothing and asks for nothing, so a message that comes twice or too late does no harm (ACT-7).
 */
export function decide(journal: Journal, event: ChangeEvent, nowMs: number): Decided {
  const next = nextOf(journal, event);
  if (next === null) return { journal, effects: [] };
  const sameWord = wordOf(next) === wordOf(journal) && changeIdOf(next) === changeIdOf(journal);
  const dated = { ...next, sinceMs: sameWord ? journal.sinceMs : nowMs };
  // Progress and a shut gate are only told; the gate is looked at again when somebody asks.
  const isTold = event.kind === "fetched" || (event.kind === "shut" && dated.step === "staged");
  return { journal: dated, effects: isTold ? [] : effectsOf(dated) };
}

/** Null: this event means nothing here. A journal equal to the old one: the step is done again. */
function nextOf(journal: Journal, event: ChangeEvent): Journal | null {
  switch (STEP_PHASES[journal.step]) {
    case "rest":
    case "before":
      return decideBefore(journal as Parameters<typeof decideBefore>[0], event);
    case "armed":
      return decideArmed(journal as UnderWay, event);
    case "confirmed":
      return decideConfirmed(journal as UnderWay, event);
    case "back":
    case "stuck":
      return decideBack(journal as Parameters<typeof decideBack>[0], event);
  }
}

function changeIdOf(journal: Journal): string | null {
  return journal.step === "rest" ? (journal.last?.changeId ?? null) : journal.plan.changeId;
}

/** What follows when a step's work is done. Of a switch, a boot and a probation something else tells how they ended. */
const AFTER: { readonly [S in UnderWay["step"]]?: (way: Way) => UnderWay["step"] } = {
  armed: (way) => (way === "none" ? "restart-agent" : "set"),
  set: () => "boot",
  boot: (way) => (way === "reboot" ? "reboot" : "switch"),
  arrived: () => "probe",
  "restart-agent": () => "probe",
  bless: () => "confirm",
};

function afterDone(journal: UnderWay): UnderWay | null {
  const to = AFTER[journal.step]?.(journal.run.way);
  return to === undefined ? null : step(journal, to);
}

function step(journal: UnderWay, to: UnderWay["step"]): UnderWay {
  return { ...journal, step: to };
}

function decideArmed(journal: UnderWay, event: ChangeEvent): Journal | null {
  switch (event.kind) {
    case "done":
      return afterDone(journal);
    case "failed":
      return goBack(journal, failureOf(journal.step), event.detail);
    case "unproved":
      return goBack(journal, "activation-failed", `${event.reason}: ${event.detail}`);
    case "switched":
      return journal.step === "switch" ? afterSwitch(journal, judgeSwitch(event.result)) : null;
    case "probed":
      if (journal.step !== "probe") return null;
      return event.passed ? step(journal, "bless") : goBack(journal, event.reason, event.detail);
    case "shut":
      // The last look before the switch: somebody began to scan meanwhile. No fault of the closure.
      return goBack(journal, "interrupted", `gate ${event.gate}`);
    case "resumed":
      return resumeForward(journal, event.seen);
    case "deadline":
      return goBack(journal, "deadline-passed", `in step ${journal.step}`);
    case "abandoned":
      return goBack(journal, "asked", event.detail);
    default:
      return null;
  }
}

function afterSwitch(journal: UnderWay, verdict: ReturnType<typeof judgeSwitch>): Journal {
  if (verdict.kind === "switched") return step(journal, "restart-agent");
  if (verdict.kind === "needs-reboot")
    return { ...journal, step: "reboot", run: { ...journal.run, way: "reboot" } };
  const back = goBack(journal, "activation-failed", verdict.detail);
  // Whoever has the lock may have it for long: what was not switched need not wait for it to be switched back (F14).
  return verdict.kind === "locked" ? { ...back, back: { ...back.back, way: "none" } } : back;
}

function failureOf(at: UnderWay["step"]): BackReason {
  if (at === "reboot") return "boot-failed";
  return ["arrived", "restart-agent", "probe"].includes(at) ? "health-failed" : "activation-failed";
}

/** The record is durable: whatever happens now, the target stays, and what is left to do is done again. */
function decideConfirmed(journal: UnderWay, event: ChangeEvent): Journal | null {
  if (event.kind === "resumed" || event.kind === "deadline") return journal;
  if (event.kind !== "done") return null;
  if (journal.step === "confirm") return step(journal, "settle");
  const { plan, run } = journal;
  return {
    step: "rest",
    sinceMs: 0,
    last: {
      state: "confirmed",
      changeId: plan.changeId,
      seq: plan.seq,
      from: run.fromRelease ?? run.from,
      to: plan.release ?? plan.toplevel,
      toplevel: plan.toplevel,
      reason: null,
      detail: "",
      energised: run.energised,
    },
  };
}
