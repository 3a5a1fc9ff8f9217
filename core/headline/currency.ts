import type { Currency } from "#core/headline/axes.ts";
import { behindReason } from "#core/headline/behind.ts";
import type { BelievedChange } from "#core/headline/change-axis.ts";
import type { Basis, ReleaseRef } from "#core/manifest/released.ts";
import { reason } from "#core/message/reason.ts";
import type { Reason } from "#core/report/fact.ts";

/**
 * *Current?* (EXP-4): the release that runs against the one that should, and why not yet, as the scanner's own change tells it. Nothing here knows a finding, and nothing that makes
 * findings knows this.
 */
export function currencyOf(
  running: { toplevel: string } | { unseen: Reason },
  basis: Basis,
  pinned: ReleaseRef | null,
  change: BelievedChange,
): { value: Currency; reason: Reason } {
  if (pinned === null) return { value: "unpinned", reason: reason("no-pin") };
  // Adopting what ran is no decision about what should run, and is not called a pinned release (EXP-8).
  const adopted = pinned.origin === "observed";
  if (isPinned(running, basis, pinned))
    return { value: "current", reason: reason(adopted ? "runs-the-baseline" : "runs-the-pin") };
  const behind = { value: "behind", reason: behindReason(change, pinned) } as const;
  if (basis.kind === "running") return isNewer(basis.release, pinned) ? NEWER : behind;
  // What is not known to run the pin has yet to reach it; it is never called current or ahead unseen.
  if (basis.kind === "host" || "toplevel" in running) return behind;
  return { value: "behind", reason: reason("running-not-seen") };
}

/** The same system is the same release, however often it was adopted; a host without NixOS is known by its baseline. */
function isPinned(
  running: { toplevel: string } | { unseen: Reason },
  basis: Basis,
  pinned: ReleaseRef,
): boolean {
  if ("toplevel" in running) return running.toplevel === pinned.toplevel;
  return basis.kind === "host" && pinned.toplevel === null && basis.release.releaseId === pinned.releaseId;
}

const NEWER = { value: "ahead", reason: reason("newer-than-pin") } as const;

function isNewer(running: ReleaseRef, pinned: ReleaseRef): boolean {
  return running.counter !== null && pinned.counter !== null && running.counter > pinned.counter;
}
