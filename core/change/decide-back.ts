import type { ChangeEvent, Seen } from "#core/change/event.ts";
import type { GoingBack, Journal, UnderWay } from "#core/change/journal.ts";
import type { BackReason, Outcome, Run, Way } from "#core/change/plan.ts";
import { judgeSwitch } from "#core/change/switch-exit.ts";

/** A way back that fails this often needs a person (reliability.md §3.3, F12 to F15: an alarm, no ping-pong). */
const MOST_ATTEMPTS = 3;

/** Up to here the old generation runs on; from the switch on, what runs may be either. */
const NOTHING_SWITCHED: readonly UnderWay["step"][] = ["armed", "set", "boot", "reboot"];

/** Leaves the target for the generation that ran before; the reason is remembered and told. Back goes the way that was come. */
export function goBack(journal: UnderWay, reason: BackReason, detail: string): GoingBack {
  const { plan, run, sinceMs } = journal;
  const way = NOTHING_SWITCHED.includes(journal.step) ? "none" : run.way;
  const back = { reason, detail: detail.slice(0, 1000), way, attempts: 1 };
  return { step: "back-arm", plan, run, sinceMs, back };
}

export function decideBack(journal: GoingBack, event: ChangeEvent): Journal | null {
  if (journal.step === "stuck") return decideStuck(journal, event);
  switch (event.kind) {
    case "done":
      return afterDone(journal);
    case "failed":
      return afterFailure(journal, event.detail);
    case "switched":
      return journal.step === "back-switch" ? afterSwitch(journal, event.result) : null;
    case "observed":
      return journal.step === "back-probe" ? judgeBack(journal, event.seen) : null;
    case "resumed":
      return resumeBack(journal, event.seen);
    case "deadline":
      return again(journal, `the way back took too long in step ${journal.step}`);
    default:
      return null;
  }
}

function step(journal: GoingBack, to: GoingBack["step"]): GoingBack {
  return { ...journal, step: to };
}

/** From the beginning: each step of the way back may be done twice. */
function again(journal: GoingBack, detail: string): GoingBack {
  const attempts = journal.back.attempts + 1;
  const back = { ...journal.back, detail: `${journal.back.detail}; ${detail}`.slice(0, 1000), attempts };
  return { ...journal, step: attempts > MOST_ATTEMPTS ? "stuck" : "back-arm", back };
}

function decideStuck(journal: GoingBack, event: ChangeEvent): Journal | null {
  if (event.kind === "abandoned")
    return { ...journal, step: "back-arm", back: { ...journal.back, attempts: 1 } };
  // A person, or a boot, may have brought the old generation back meanwhile.
  return event.kind === "resumed" && isBack(journal.run, event.seen) ? step(journal, "back-settle") : null;
}

const AFTER_BOOT_ENTRY = {
  none: "back-probe",
  live: "back-switch",
  reboot: "back-reboot",
} as const satisfies Record<Way, GoingBack["step"]>;

const AFTER: { readonly [S in GoingBack["step"]]?: (way: Way) => GoingBack["step"] } = {
  "back-arm": () => "back-set",
  "back-set": () => "back-boot",
  "back-boot": (way) => AFTER_BOOT_ENTRY[way],
};

function afterDone(journal: GoingBack): Journal | null {
  if (journal.step === "back-settle") return atRest(journal);
  const to = AFTER[journal.step]?.(journal.back.way);
  return to === undefined ? null : step(journal, to);
}

/** Neither a timer that cannot be set nor a record that cannot be tidied may keep the scanner on a bad generation. */
function afterFailure(journal: GoingBack, detail: string): Journal | null {
  const isNoHindrance = journal.step === "back-arm" || journal.step === "back-settle";
  return isNoHindrance ? afterDone(journal) : again(journal, detail);
}

/** Units of the old generation that fail now are for people to see, never a reason to go forward again. */
function afterSwitch(
  journal: GoingBack,
  result: Extract<ChangeEvent, { kind: "switched" }>["result"],
): Journal {
  const verdict = judgeSwitch({ ...result, newlyFailed: [] });
  if ("detail" in verdict) return again(journal, verdict.detail);
  return step(journal, verdict.kind === "switched" ? "back-probe" : "back-reboot");
}

function isBack(run: Run, seen: Seen): boolean {
  return seen.profile === run.from && seen.current === run.from;
}

function judgeBack(journal: GoingBack, seen: Seen): Journal {
  if (isBack(journal.run, seen)) return step(journal, "back-settle");
  const way =
    seen.current === journal.run.from ? journal.back.way : wayLeft(journal.back.way, journal.run.way);
  const left = { ...journal, back: { ...journal.back, way } };
  return again(left, `running ${seen.current}, profile ${seen.profile}`);
}

/** Killed or booted on the way back: begun again with what runs now, which no count limits. */
function resumeBack(journal: GoingBack, seen: Seen): Journal {
  if (journal.step === "back-settle") return journal;
  const isBehind = ["back-switch", "back-reboot", "back-probe"].includes(journal.step);
  if (isBehind && isBack(journal.run, seen)) return step(journal, "back-probe");
  const way = seen.current === journal.run.from ? "none" : wayLeft(journal.back.way, journal.run.way);
  return { ...journal, step: "back-arm", back: { ...journal.back, way } };
}

/** What was not thought to be switched runs the target after all: by a boot, or by hand. */
function wayLeft(back: Way, run: Way): Way {
  if (back !== "none") return back;
  return run === "none" ? "live" : run;
}

function atRest(journal: GoingBack): Journal {
  return { step: "rest", sinceMs: 0, last: outcomeOfBack(journal) };
}

/** How a change ended that went back. */
export function outcomeOfBack({ plan, run, back }: Pick<GoingBack, "plan" | "run" | "back">): Outcome {
  return {
    state: "rolled-back",
    changeId: plan.changeId,
    seq: plan.seq,
    from: run.fromRelease ?? run.from,
    to: plan.release ?? plan.toplevel,
    toplevel: plan.toplevel,
    reason: back.reason,
    detail: back.detail,
    energised: run.energised,
  };
}
