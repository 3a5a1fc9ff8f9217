import { isStorePath } from "#core/closure/store-path.ts";
import type { ChangeState } from "#core/headline/axes.ts";
import type { BelievedChange } from "#core/headline/change-axis.ts";
import type { ReleaseRef } from "#core/manifest/released.ts";
import type { CodeOf } from "#core/message/catalogue.ts";
import { reason } from "#core/message/reason.ts";
import type { Reason } from "#core/report/fact.ts";

/** What a change says of a scanner that does not run its pin (status.md, row 8). Missing: nothing, as when there is none. */
const SAYS: { readonly [K in ChangeState]?: CodeOf<"reason"> } = {
  offered: "behind-under-way",
  downloading: "behind-under-way",
  staged: "behind-under-way",
  armed: "behind-under-way",
  activating: "behind-under-way",
  rebooting: "behind-under-way",
  probation: "behind-under-way",
  "rolling-back": "behind-under-way",
  waiting: "behind-waiting",
  refused: "behind-blocked",
  "rolled-back": "behind-rolled-back",
  "rollback-failed": "behind-rolled-back",
  cancelled: "behind-cancelled",
  expired: "behind-expired",
};

/** What passes by itself or by somebody's word; anything else that a change waits for blocks it here (F18). */
const PASSES: readonly string[] = [
  "window",
  "consent",
  "interlock",
  "scanning",
  "energised",
  "safety",
  "hold",
  "wave",
  "network",
];

/** Why a scanner that is behind is behind, as far as its own word goes: window, hold, blocked here, rolled back. */
export function behindReason(change: BelievedChange, pinned: ReleaseRef): Reason {
  // Nobody changes a scanner to what was only adopted from it (EXP-8).
  if (pinned.origin === "observed") return reason("not-the-baseline");
  const says = SAYS[change.value];
  if (says === undefined || !leadsTo(change, pinned)) return reason("not-the-pin");
  const why = change.reason;
  const blocked = says === "behind-waiting" && why !== null && !PASSES.includes(why);
  return reason(blocked ? "behind-blocked" : says, {
    phase: change.value,
    ...(why === null ? {} : { why }),
  });
}

/** A change to another release explains nothing about this pin; where its target has only a name, its word has to do. */
function leadsTo({ to }: BelievedChange, pinned: ReleaseRef): boolean {
  return to === null || !isStorePath(to) || to === pinned.toplevel;
}
