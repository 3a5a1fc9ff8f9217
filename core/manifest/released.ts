import type { ReleaseId } from "#core/identity/identity.ts";
import type { Manifest } from "#core/manifest/item.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";

/** A release as far as comparing needs it. `counter` orders signed releases; an observed baseline has none. */
export type ReleaseRef = {
  releaseId: ReleaseId;
  /** Null only for an observed baseline of a host without NixOS. */
  toplevel: string | null;
  counter: number | null;
  origin: "observed" | "signed";
};

export type KnownRelease = ReleaseRef & {
  /** Adopted from this very scanner. */
  own: boolean;
  createdAtMs: number;
  manifest: Manifest;
};

/**
 * Against what the facts are compared (EXP-4), and why. `running`: the manifest of the release that runs, found by toplevel.
 * `host`: the baseline of a host without NixOS. `untracked`: no release has this toplevel, so the pin has to serve.
 * `unseen`: what runs could not be seen; the pin serves, and nothing is called intact. `none`: there is nothing to compare with.
 */
export type Basis =
  | { kind: "running" | "host"; release: KnownRelease }
  | { kind: "untracked"; release: KnownRelease }
  | { kind: "unseen"; release: KnownRelease; reason: Reason }
  | { kind: "none"; release: null };

export type SeenClosure = { toplevel: string } | { unseen: Reason };

/** One of the closures of the host, as far as it was seen. */
export function closureOf(facts: Facts, which: "running" | "booted"): SeenClosure {
  const closures = facts.closures;
  if (closures === undefined) return { unseen: { code: "not-reported" } };
  if (closures.state === "unknown") return { unseen: closures.reason };
  const one = closures.value[which];
  return one.state === "unknown" ? { unseen: one.reason } : { toplevel: one.value.path };
}

export function runningOf(facts: Facts): SeenClosure {
  return closureOf(facts, "running");
}

/**
 * @param known every release that may apply: those with the running toplevel, and those adopted from this scanner.
 * @param pinned used only where no release is known to run; for a known running release the answer is the same under any pin.
 */
export function basisOf(facts: Facts, known: readonly KnownRelease[], pinned: KnownRelease | null): Basis {
  const running = runningOf(facts);
  if ("toplevel" in running) {
    const release = best(known.filter((one) => one.toplevel === running.toplevel && speaksForThis(one)));
    if (release !== null) return { kind: "running", release };
    if (pinned !== null) return { kind: "untracked", release: pinned };
    return { kind: "none", release: null };
  }
  // EXP-8: a host without NixOS has no toplevel to find a release by; only what was adopted from itself describes it.
  const own = isOtherSystem(facts) ? best(known.filter((one) => one.toplevel === null && one.own)) : null;
  if (own !== null) return { kind: "host", release: own };
  if (pinned !== null) return { kind: "unseen", release: pinned, reason: running.unseen };
  return { kind: "none", release: null };
}

function isOtherSystem(facts: Facts): boolean {
  return facts.host?.state === "observed" && facts.host.value.os === "other";
}

/** A baseline was looked at and adopted on one scanner; another that runs the same system was never looked at (EXP-8). */
function speaksForThis(release: KnownRelease): boolean {
  return release.origin === "signed" || release.own;
}

/** Signed before observed, then the newest; the id breaks a tie. */
function best(releases: readonly KnownRelease[]): KnownRelease | null {
  const signed = (one: KnownRelease) => (one.origin === "signed" ? 1 : 0);
  const sorted = [...releases].sort(
    (a, b) => signed(b) - signed(a) || b.createdAtMs - a.createdAtMs || (a.releaseId < b.releaseId ? -1 : 1),
  );
  return sorted[0] ?? null;
}
