import type { Journal, Rest } from "#core/change/journal.ts";
import type { Step } from "#core/change/steps.ts";
import type { ChangeState } from "#core/headline/axes.ts";
import { type ChangeTold, NO_CHANGE } from "#core/report/change-kind.ts";

type UnderWayStep = Exclude<Step, "rest">;
type Moving = Exclude<Journal, Rest>;

/** The word of architecture.md §7 for each step. */
const WORDS: { readonly [S in UnderWayStep]: ChangeState } = {
  offered: "offered",
  copy: "downloading",
  verify: "downloading",
  keep: "downloading",
  staged: "staged",
  armed: "armed",
  set: "activating",
  boot: "activating",
  switch: "activating",
  reboot: "rebooting",
  arrived: "probation",
  "restart-agent": "probation",
  probe: "probation",
  bless: "probation",
  confirm: "probation",
  settle: "probation",
  "back-arm": "rolling-back",
  "back-set": "rolling-back",
  "back-boot": "rolling-back",
  "back-switch": "rolling-back",
  "back-reboot": "rolling-back",
  "back-probe": "rolling-back",
  "back-settle": "rolling-back",
  stuck: "rollback-failed",
};

export function wordOf(journal: Journal): ChangeState {
  if (journal.step === "rest") return journal.last?.state ?? "none";
  if (journal.step === "offered" && journal.progress !== null) return "downloading";
  if (journal.step === "staged" && journal.waiting !== null) return "waiting";
  return WORDS[journal.step];
}

/** What the scanner says of its change, from nothing but the journal: the content of change.json. */
export function toldOf(journal: Journal): ChangeTold {
  if (journal.step === "rest") return toldAtRest(journal);
  const { plan, sinceMs } = journal;
  return {
    state: wordOf(journal),
    sinceMs,
    changeId: plan.changeId,
    from: "run" in journal ? (journal.run.fromRelease ?? journal.run.from) : null,
    to: plan.release ?? plan.toplevel,
    reason: reasonOf(journal),
    percent: percentOf(journal),
    budgetMs: budgetOf(journal),
    energised: "run" in journal ? journal.run.energised : null,
  };
}

function toldAtRest({ last, sinceMs }: Rest): ChangeTold {
  if (last === null) return NO_CHANGE;
  const { state, changeId, from, to, reason, energised } = last;
  return { state, sinceMs, changeId, from, to, reason, percent: null, budgetMs: null, energised };
}

function reasonOf(journal: Moving): string | null {
  if (journal.step === "staged") return journal.waiting;
  return "back" in journal ? journal.back.reason : null;
}

/** Of the download; what is in the spool is all there. */
function percentOf(journal: Moving): number | null {
  if (journal.step !== "offered") return wordOf(journal) === "downloading" ? 100 : null;
  if (journal.progress === null) return null;
  const { bytes, totalBytes } = journal.progress;
  return totalBytes === 0 ? 100 : Math.min(100, Math.floor((bytes / totalBytes) * 100));
}

function budgetOf(journal: Moving): number | null {
  const { budgets } = journal.plan.health;
  const back =
    budgets.activateMs + ("back" in journal && journal.back.way === "reboot" ? budgets.rebootMs : 0);
  const limits: Partial<Record<ChangeState, number>> = {
    downloading: budgets.downloadMs,
    armed: budgets.activateMs,
    activating: budgets.activateMs,
    rebooting: budgets.rebootMs,
    probation: budgets.probationMs,
    "rolling-back": back,
  };
  return limits[wordOf(journal)] ?? null;
}
