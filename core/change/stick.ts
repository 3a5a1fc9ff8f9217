import { BEFORE_ARM } from "#core/change/progress.ts";
import type { ChangeState } from "#core/headline/axes.ts";

/**
 * What people decided of carrying a change to its scanner by hand (OFF-1), as the steps of that change tell it: one person decides, and the
 * signer makes the server's word last until then, or does not (decision 0023).
 */
export const STICK_STEPS = ["carry-asked", "carry-signed", "carry-refused"] as const;
export type StickStep = (typeof STICK_STEPS)[number];

/** In the order in which they were written. `of`: of an answer, the decision that it answers. */
export type StickSaid = {
  id: string;
  step: StickStep;
  by: string;
  atMs: number;
  why: string;
  of: string | null;
  /** Of a decision: until when it is wanted. Of a signature: until when it is good. */
  untilMs: number | null;
};

/** What of a change decides whether it can be carried. */
export type Carried = {
  state: ChangeState;
  ended: boolean;
  /** A person asked for it to be taken back. */
  cancelled: boolean;
  notAfterMs: number;
};

/** Why a change is not to be carried now, whoever asks; null: it may be. */
export function notToBeCarried(change: Carried, nowMs: number): NotNow | null {
  if (change.ended) return "change-not-open";
  if (change.cancelled) return "carry-cancelled";
  if (!BEFORE_ARM.includes(change.state)) return "carry-begun";
  return nowMs >= change.notAfterMs ? "carry-too-late" : null;
}
type NotNow = "change-not-open" | "carry-cancelled" | "carry-begun" | "carry-too-late";

type No = NotNow | "carry-under-way" | "carry-lasts-already" | "carry-time-out-of-range";
type Decided = { ok: true; untilMs: number } | { ok: false; why: No };

/** @param untilMs null: as long as the instruction itself */
export function decideCarry(
  change: Carried,
  said: readonly StickSaid[],
  { untilMs, nowMs }: { untilMs: number | null; nowMs: number },
): Decided {
  const not = notToBeCarried(change, nowMs);
  if (not !== null) return { ok: false, why: not };
  const { answer, good } = stickState(change, said, nowMs);
  if (answer.state === "decided") return { ok: false, why: "carry-under-way" };
  const wantedMs = untilMs ?? change.notAfterMs;
  if (wantedMs <= nowMs || wantedMs > change.notAfterMs) return { ok: false, why: "carry-time-out-of-range" };
  // The signer shortens nothing that it signed.
  if (good.state === "now" && good.untilMs >= wholeSecond(wantedMs))
    return { ok: false, why: "carry-lasts-already" };
  return { ok: true, untilMs: wantedMs };
}

/** What became of the newest decision. `lapsed`: the change went on without it before it was signed. */
type StickAnswer = { state: "none" | "decided" | "signed" | "lapsed" } | { state: "refused"; why: string };

/**
 * What was signed so far. `now`: a stick can be written. `over`: its time is over, and it may be decided anew. `taken-back`: the change was
 * cancelled, and a stick written before still brings it. `was`: the change has begun or ended.
 */
type StickGood = { state: "none" } | { state: "now" | "over" | "taken-back" | "was"; untilMs: number };

export type StickState = { answer: StickAnswer; good: StickGood };

export function stickState(change: Carried, said: readonly StickSaid[], nowMs: number): StickState {
  return { answer: answerOf(change, said, nowMs), good: goodOf(change, said, nowMs) };
}

function answerOf(change: Carried, said: readonly StickSaid[], nowMs: number): StickAnswer {
  const asked = said.findLast(({ step }) => step === "carry-asked");
  if (asked === undefined) return { state: "none" };
  const answer = said.findLast(({ of }) => of === asked.id);
  if (answer === undefined) return { state: notToBeCarried(change, nowMs) === null ? "decided" : "lapsed" };
  return answer.step === "carry-signed" ? { state: "signed" } : { state: "refused", why: answer.why };
}

function goodOf(change: Carried, said: readonly StickSaid[], nowMs: number): StickGood {
  const signed = said.flatMap(({ step, untilMs }) =>
    step === "carry-signed" && untilMs !== null ? [untilMs] : [],
  );
  if (signed.length === 0) return { state: "none" };
  // A scanner takes nothing after its instruction has ended, whatever the files around it say.
  const untilMs = wholeSecond(Math.min(Math.max(...signed), change.notAfterMs));
  const not = notToBeCarried(change, nowMs);
  if (not === "carry-cancelled" && nowMs < untilMs) return { state: "taken-back", untilMs };
  if (not !== null) return { state: "was", untilMs };
  return { state: nowMs < untilMs ? "now" : "over", untilMs };
}

/** Signed files name whole seconds. */
function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
