import type { ChangeState } from "#core/headline/axes.ts";
import type { Reason } from "#core/report/fact.ts";
import type { ChangeStepView, ChangeView } from "#server/change/view.ts";

/** `now`: where it stands. `end`: how it ended. `ahead`: has not been seen, so it is drawn as still to come and never as done. */
export type StepRow =
  | {
      kind: "done" | "now" | "end";
      key: string;
      state: ChangeState;
      atMs: number;
      /** When the next step was seen; null while this is the last. */
      untilMs: number | null;
      reason: Reason | null;
      source: ChangeStepView["source"];
      by: string | null;
      percent: number | null;
    }
  | { kind: "ahead"; key: string; state: ChangeState };

/** The order in which a change goes forward; what is not in it (waiting, refused, going back) has no place of its own. */
const PLACE: Partial<Record<ChangeState, number>> = {
  offered: 0,
  downloading: 1,
  staged: 2,
  armed: 3,
  activating: 4,
  rebooting: 5,
  probation: 6,
  confirmed: 7,
};

type Told = Pick<ChangeView, "action" | "state" | "steps" | "endedAtMs">;

/** Steps as they were observed, oldest first, then those that are still to come. Nothing is shown as done that was not seen (SEE-14). */
export function stepRows(change: Told): StepRow[] {
  const told = merged(change.steps);
  const last = told.length - 1;
  const open = change.endedAtMs === null;
  const seen = told.map(
    ({ atMs, state, reason, source, by, percent }, place): StepRow => ({
      kind: place < last ? "done" : open ? "now" : "end",
      key: `${atMs} ${place}`,
      untilMs: told[place + 1]?.atMs ?? null,
      ...{ atMs, state, reason, source, by, percent },
    }),
  );
  return [...seen, ...ahead(change)];
}

/** A step that only made progress is one step, with the newest percentage. */
function merged(steps: readonly ChangeStepView[]): ChangeStepView[] {
  const rows: ChangeStepView[] = [];
  for (const step of [...steps].sort((a, b) => a.atMs - b.atMs)) {
    const before = rows.at(-1);
    if (before?.state === step.state && before.reason?.code === step.reason?.code)
      rows[rows.length - 1] = { ...before, percent: step.percent ?? before.percent };
    else rows.push(step);
  }
  return rows;
}

/** A way back needs nothing fetched, and whether a reboot is needed only shows once it happens: neither is announced. */
const PLANS = {
  stage: ["downloading", "staged"],
  activate: ["downloading", "staged", "armed", "activating", "probation", "confirmed"],
  rollback: ["staged", "armed", "activating", "probation", "confirmed"],
} as const satisfies Record<ChangeView["action"], readonly ChangeState[]>;

function ahead({ action, state, steps, endedAtMs }: Told): StepRow[] {
  if (endedAtMs !== null || state === "rollback-failed") return [];
  if (state === "rolling-back") return [{ kind: "ahead", key: "rolled-back", state: "rolled-back" }];
  const reached = Math.max(-1, ...steps.map((step) => PLACE[step.state] ?? -1));
  return PLANS[action]
    .filter((one) => (PLACE[one] ?? 0) > reached)
    .map((one) => ({ kind: "ahead", key: one, state: one }));
}
