import type { ChangeState } from "#core/headline/axes.ts";
import type { Situation } from "#core/headline/situation.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";

/** What is believed of a scanner's running or last change: its own word, no more. */
export type BelievedChange = Situation["change"] & {
  percent: number | null;
  changeId: string | null;
  /** Release names or toplevels. */
  from: string | null;
  to: string | null;
  /** Why it waits, was refused or went back (`blocked.<code>`). */
  reason: string | null;
  /** Why it is not known; null: it is. */
  unseen: Reason | null;
};

/** By the scanner's clock the change began at `sinceMs`; the clock is `skewMs` ahead of the server's. */
export type ChangeMoment = { atMs: number; skewMs: number };

const UNTOLD = {
  budgetMs: null,
  energised: null,
  percent: null,
  changeId: null,
  from: null,
  to: null,
  reason: null,
} as const;

export function unseenChange(reason: Reason, sinceMs: number): BelievedChange {
  return { ...UNTOLD, value: "unknown", sinceMs, unseen: reason };
}

export function noChange(sinceMs: number): BelievedChange {
  return { ...UNTOLD, value: "none", sinceMs, unseen: null };
}

/**
 * The axis *change* of status.md, from one set of facts. What could not be read, and a word that is newer than this program, is
 * unknown and never none (SEE-14). A phase keeps the moment at which it was first believed, so that a scanner that tells a later
 * one with every report does not stay *Updating* for ever (F16).
 */
export function changeOf(
  facts: Facts,
  before: BelievedChange | null,
  { atMs, skewMs }: ChangeMoment,
): BelievedChange {
  const { change } = facts;
  // An agent from before there were changes says that it makes none; any other that is silent about it is not believed to rest.
  if (change === undefined && saysChangesOff(facts)) return lasting(noChange(atMs), before);
  if (change === undefined) return lasting(unseenChange({ code: "not-reported" }, atMs), before);
  if (change.state === "unknown") return lasting(unseenChange(change.reason, atMs), before);
  const { state, sinceMs, ...told } = change.value;
  const believed: BelievedChange = {
    ...told,
    value: state,
    sinceMs: sinceMs === null ? atMs : Math.min(sinceMs - skewMs, atMs),
    budgetMs: believedBudgetMs(state, told.budgetMs),
    unseen: state === "unknown" ? { code: "change-word-unknown" } : null,
  };
  return lasting(believed, before);
}

function saysChangesOff({ agent }: Facts): boolean {
  return agent?.state === "observed" && !agent.value.changesEnabled;
}

function lasting(now: BelievedChange, before: BelievedChange | null): BelievedChange {
  const same = before?.value === now.value && before.changeId === now.changeId;
  return same ? { ...now, sinceMs: Math.min(before.sinceMs, now.sinceMs) } : now;
}

/** In these phases a scanner may be silent; no word of its own excuses a silence for longer than this. */
const SILENT_PHASES: readonly ChangeState[] = ["rebooting", "rolling-back"];
const LONGEST_SILENCE_MS = 30 * 60_000;

function believedBudgetMs(state: ChangeState, budgetMs: number | null): number | null {
  if (budgetMs === null || !SILENT_PHASES.includes(state)) return budgetMs;
  return Math.min(budgetMs, LONGEST_SILENCE_MS);
}
