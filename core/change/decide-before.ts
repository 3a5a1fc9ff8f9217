import type { ChangeEvent } from "#core/change/event.ts";
import type { Journal, Offered, Preparing, Rest, Staged } from "#core/change/journal.ts";
import type { Outcome, Plan } from "#core/change/plan.ts";

/** Steps in which nothing on the scanner differs yet: giving up is always possible and leaves nothing behind (ACT-7). */
type Before = Offered | Preparing | Staged;

export function decideBefore(journal: Rest | Before, event: ChangeEvent): Journal | null {
  if (event.kind === "accepted") return accept(journal, event.plan, event.complete);
  if (event.kind === "refused") return refuse(journal, event);
  if (journal.step === "rest") return null;
  switch (event.kind) {
    case "withdrawn":
      return end(journal.plan, { state: "cancelled", reason: null, detail: "" });
    case "expired":
      return end(journal.plan, { state: "expired", reason: "instruction-expired", detail: "" });
    case "unproved":
      return end(journal.plan, { state: "refused", reason: event.reason, detail: event.detail });
    default:
      return decideInside(journal, event);
  }
}

function decideInside(journal: Before, event: ChangeEvent): Journal | null {
  switch (journal.step) {
    case "offered":
      return decideOffered(journal, event);
    case "staged":
      return decideStaged(journal, event);
    default:
      return decidePreparing(journal, event);
  }
}

function decideOffered(journal: Offered, event: ChangeEvent): Journal | null {
  if (event.kind === "complete") return begin(journal.plan, true, journal.sinceMs);
  if (event.kind !== "fetched") return null;
  return { ...journal, progress: { bytes: event.bytes, totalBytes: event.totalBytes } };
}

function decidePreparing(journal: Preparing, event: ChangeEvent): Journal | null {
  const { plan, sinceMs } = journal;
  switch (event.kind) {
    case "done":
      if (journal.step === "copy") return { ...journal, step: "verify" };
      if (journal.step === "verify") return { ...journal, step: "keep" };
      return { step: "staged", plan, sinceMs, waiting: null };
    case "failed":
      // Nothing was wrong with what was signed: whoever brings files in may try again.
      return { step: "offered", plan, sinceMs, progress: null };
    case "resumed":
      return journal;
    default:
      return null;
  }
}

function decideStaged(journal: Staged, event: ChangeEvent): Journal | null {
  const { plan, sinceMs } = journal;
  switch (event.kind) {
    case "shut":
      return { ...journal, waiting: event.gate };
    case "open":
      return { step: "armed", plan, sinceMs, run: event.run };
    case "complete":
    case "resumed":
      return journal;
    default:
      return null;
  }
}

/** The same change asked twice is one change; another one that people signed later takes its place, as long as nothing is armed. */
function accept(journal: Rest | Before, plan: Plan, complete: boolean): Journal | null {
  if (journal.step === "rest") return begin(plan, complete, journal.sinceMs);
  const { plan: before, sinceMs } = journal;
  const isSameClosure = before.toplevel === plan.toplevel && before.closureDigest === plan.closureDigest;
  const isSameChange = before.changeId === plan.changeId;
  if (journal.step === "staged" && isSameClosure)
    return isSameChange ? journal : { step: "staged", plan, sinceMs, waiting: null };
  if (!isSameChange) return begin(plan, complete, sinceMs);
  return journal.step === "offered" && complete ? begin(plan, complete, sinceMs) : null;
}

/** Going back to what is on disk needs no copy, only the proof that it is still what it was. */
function begin(plan: Plan, complete: boolean, sinceMs: number): Journal {
  if (plan.action === "rollback") return { step: "verify", plan, sinceMs };
  return complete ? { step: "copy", plan, sinceMs } : { step: "offered", plan, sinceMs, progress: null };
}

/** A refused instruction ends its own change and disturbs no other. */
function refuse(journal: Rest | Before, event: Extract<ChangeEvent, { kind: "refused" }>): Journal | null {
  const { changeId, seq, to, reason, detail } = event;
  if (journal.step !== "rest")
    return journal.plan.changeId === changeId
      ? end(journal.plan, { state: "refused", reason, detail })
      : null;
  const over = overAt(journal);
  return {
    step: "rest",
    sinceMs: journal.sinceMs,
    ...(over === null ? {} : { over }),
    last: {
      state: "refused",
      changeId,
      seq,
      from: null,
      to,
      toplevel: null,
      reason,
      detail: detail.slice(0, 1000),
      energised: null,
    },
  };
}

function end(plan: Plan, how: Pick<Outcome, "state" | "reason" | "detail">): Rest {
  return {
    step: "rest",
    sinceMs: 0,
    last: {
      ...how,
      detail: how.detail.slice(0, 1000),
      changeId: plan.changeId,
      seq: plan.seq,
      from: null,
      to: plan.release ?? plan.toplevel,
      toplevel: plan.toplevel,
      energised: null,
    },
  };
}

/**
 * Whether the director's instruction of this number came to an end here: it is not begun again. One that was refused may be, and a
 * refusal of something else does not bring back what ended before: one damaged file in the spool would do it.
 */
export function isOver(journal: Journal, seq: number): boolean {
  return journal.step === "rest" && overAt(journal) === seq;
}

function overAt({ last, over }: Rest): number | null {
  return last === null || last.state === "refused" ? (over ?? null) : last.seq;
}
