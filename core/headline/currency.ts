import type { Currency } from "#core/headline/axes.ts";
import type { Basis, ReleaseRef } from "#core/manifest/released.ts";
import { reason } from "#core/message/reason.ts";
import type { Reason } from "#core/report/fact.ts";

/**
 * *Current?* (EXP-4): the release that runs against the one that should. Nothing here knows a finding, and nothing that makes
 * findings knows this.
 */
export function currencyOf(
  running: { toplevel: string } | { unseen: Reason },
  basis: Basis,
  pinned: ReleaseRef | null,
): { value: Currency; reason: Reason } {
  if (pinned === null) return { value: "unpinned", reason: reason("no-pin") };
  if (isPinned(running, basis, pinned)) return { value: "current", reason: reason("runs-the-pin") };
  if (basis.kind === "running") return byCounter(basis.release.counter, pinned.counter);
  // What is not known to run the pin has yet to reach it; it is never called current or ahead unseen.
  if (basis.kind === "host" || "toplevel" in running)
    return { value: "behind", reason: reason("not-the-pin") };
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

function byCounter(running: number | null, pinned: number | null): { value: Currency; reason: Reason } {
  if (running !== null && pinned !== null && running > pinned)
    return { value: "ahead", reason: reason("newer-than-pin") };
  return { value: "behind", reason: reason("not-the-pin") };
}
