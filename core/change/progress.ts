import type { ChangeState, Safety } from "#core/headline/axes.ts";
import type { ChangeTold } from "#core/report/change-kind.ts";
import type { Fact } from "#core/report/fact.ts";
import type { InstructionAction } from "#core/trust/instruction.ts";

/**
 * How far a change is, decided from one signed report and from nothing else: neither what was asked nor what was sent moves it on
 * (E-16). Reports are handed in in the scanner's own order; a change that has ended is not asked about any more.
 */

/** What was asked, and how far it was believed to be. */
export type Followed = {
  changeId: string;
  action: InstructionAction;
  toplevel: string;
  /** What was booted when it was asked for; null: not known. */
  fromBooted: string | null;
  safety: "required" | "none";
  state: ChangeState;
  stateReason: string | null;
  percent: number | null;
  /** The signer took the instruction back before this report was made. */
  withdrawn: boolean;
};

export type Observed = {
  change: Fact<ChangeTold> | undefined;
  running: string | null;
  booted: string | null;
  profile: string | null;
  /** Kernel trees of the booted and the running system; null: not seen. */
  trees: { booted: string; current: string } | null;
  safety: Safety;
};

export type Progress = {
  state: ChangeState;
  reason: string | null;
  percent: number | null;
  budgetMs: number | null;
  energised: boolean | null;
  ended: boolean;
};

/** States after which nothing follows; `staged` where no more was asked. */
const LAST: readonly ChangeState[] = [
  "confirmed",
  "refused",
  "rolled-back",
  "rollback-failed",
  "cancelled",
  "expired",
];

/** Nothing on the scanner differs yet: the change can be taken back, and begins no more once its time is over (E-13). */
export const BEFORE_ARM: readonly ChangeState[] = ["offered", "waiting", "downloading", "staged"];

/** Words that a scanner says only of a change that it armed. */
const BEGUN: readonly ChangeState[] = [
  "armed",
  "activating",
  "rebooting",
  "probation",
  "confirmed",
  "rolling-back",
  "rolled-back",
  "rollback-failed",
];

/**
 * The change that a scanner says it began. One that was closed because nobody heard the scanner may have begun in time all the same;
 * then this word is the truth, however late it comes.
 */
export function begunChange(change: Observed["change"]): string | null {
  if (change?.state !== "observed") return null;
  return BEGUN.includes(change.value.state) ? change.value.changeId : null;
}

/** Null: this report says nothing new of it. */
export function progressOf(change: Followed, seen: Observed): Progress | null {
  if (seen.change?.state !== "observed") return null;
  const told = seen.change.value;
  if (told.changeId !== change.changeId) return withoutIt(change, begunChange(seen.change));
  // A word that is newer than this program moves nothing, and `none` is no word about a change.
  if (told.state === "unknown" || told.state === "none") return null;
  const next =
    told.state === "confirmed" ? provedBy(change, seen) : { state: told.state, reason: told.reason };
  const { percent, budgetMs, energised } = told;
  const ended = LAST.includes(next.state) || (next.state === "staged" && change.action === "stage");
  if (
    next.state === change.state &&
    next.reason === change.stateReason &&
    percent === change.percent &&
    !ended
  )
    return null;
  return { ...next, percent, budgetMs, energised, ended };
}

/** What a scanner says of having accepted it, before it began. */
const ACCEPTED: readonly ChangeState[] = ["waiting", "downloading", "staged"];

/**
 * It carries out something else, `other`, or nothing. After the instruction was gone, it was cancelled in time. After it was accepted, a
 * person at the scanner began another one: that takes the number of what was accepted, which therefore begins no more.
 */
function withoutIt({ withdrawn, state }: Followed, other: string | null): Progress | null {
  if (withdrawn) return notBegun(null);
  return other !== null && ACCEPTED.includes(state) ? notBegun("overtaken") : null;
}

function notBegun(reason: string | null): Progress {
  return { state: "cancelled", reason, percent: null, budgetMs: null, energised: null, ended: true };
}

type Next = Pick<Progress, "state" | "reason">;

/** Its word alone proves nothing: it must be seen to run what was asked, and to be safe where the release demands it. */
function provedBy({ toplevel, fromBooted, safety }: Followed, seen: Observed): Next {
  const probation = (reason: string): Next => ({ state: "probation", reason });
  if (seen.running !== toplevel || seen.profile !== toplevel) return probation("not-seen-running");
  if (!isBooted(toplevel, fromBooted, seen)) return probation("not-seen-booted");
  if (safety === "required" && seen.safety !== "ok") return probation("safety");
  return { state: "confirmed", reason: null };
}

/** A switch without a restart leaves the old system booted; then its kernel must be the one that the new system brings, too. */
function isBooted(toplevel: string, fromBooted: string | null, { booted, trees }: Observed): boolean {
  if (booted === toplevel) return true;
  return booted !== null && booted === fromBooted && trees !== null && trees.booted === trees.current;
}
