import { wasSeen } from "#core/finding/compare.ts";
import type { Compared, Finding } from "#core/finding/finding.ts";
import type { FunctionAxis, Software } from "#core/headline/axes.ts";
import type { BelievedChange } from "#core/headline/change-axis.ts";
import { currencyOf } from "#core/headline/currency.ts";
import { safetyOf } from "#core/headline/safety-axis.ts";
import type { FactAxes } from "#core/headline/situation.ts";
import type { ItemClass } from "#core/manifest/item.ts";
import { type Basis, closureOf, type ReleaseRef, runningOf } from "#core/manifest/released.ts";
import { reason } from "#core/message/reason.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";

/**
 * What one set of facts says on the axes that do not depend on the time of day. `compared` belongs to `basis.release` and is
 * empty when there is none. The pin is read by currency alone (EXP-4): safety, function and software never look at it.
 */
export type FactAxesInput = {
  facts: Facts;
  basis: Basis;
  compared: readonly Compared[];
  pinned: ReleaseRef | null;
  change: BelievedChange;
};

export function factAxes({ facts, basis, compared, pinned, change }: FactAxesInput): FactAxes {
  const findings = compared.flatMap(({ finding }) => (finding === null ? [] : [finding]));
  const safety = safetyOf(facts, compared);
  const fn = functionOf(basis, compared, findings);
  const software = softwareOf(facts, basis, findings);
  const currency = currencyOf(runningOf(facts), basis, pinned, change);
  return {
    safety: safety.value,
    function: fn.value,
    software: software.value,
    currency: currency.value,
    reasons: {
      safety: safety.reason,
      function: fn.reason,
      software: software.reason,
      currency: currency.reason,
    },
  };
}

type Judged<T> = { value: T; reason: Reason };

function functionOf(
  basis: Basis,
  compared: readonly Compared[],
  findings: readonly Finding[],
): Judged<FunctionAxis> {
  if (basis.kind === "none") return { value: "unknown", reason: reason("no-baseline") };
  const failed = ofClass(findings, "function", true);
  if (failed[0] !== undefined)
    return { value: "failed", reason: reason("items-differ", counted(failed[0], failed)) };
  const missing = ofClass(findings, "function", false);
  if (missing[0] !== undefined)
    return { value: "unknown", reason: reason("items-not-seen", counted(missing[0], missing)) };
  const count = compared.filter(({ item }) => item.class === "function").length;
  if (count === 0) return { value: "ok", reason: reason("no-items") };
  return { value: "ok", reason: reason("items-equal", { count }) };
}

/**
 * What runs not being seen comes first, as it does in the headline: damage found beside it must not make a scanner look better
 * known than it is. After that the worst that was seen.
 */
function softwareOf(facts: Facts, basis: Basis, findings: readonly Finding[]): Judged<Software> {
  if (basis.kind === "none") return { value: "unknown", reason: reason("no-baseline") };
  if (basis.kind === "unseen") return { value: "unknown", reason: reason("running-not-seen") };
  const booted = basis.kind === "host" ? "same" : bootedCompared(facts);
  if (booted === "unseen") return { value: "unknown", reason: reason("booted-not-seen") };
  const bad = badPaths(facts);
  if (bad > 0) return { value: "damaged", reason: reason("paths-bad", { count: bad }) };
  if (basis.kind === "untracked") return { value: "untracked", reason: reason("closure-untracked") };
  const differs = ofClass(findings, "config", true);
  if (differs[0] !== undefined)
    return { value: "drifted", reason: reason("items-differ", counted(differs[0], differs)) };
  if (booted === "other") return { value: "pending-reboot", reason: reason("booted-differs") };
  const missing = ofClass(findings, "config", false);
  if (missing[0] !== undefined)
    return { value: "unknown", reason: reason("items-not-seen", counted(missing[0], missing)) };
  return { value: "intact", reason: reason("as-released") };
}

/** Booted against running closure (F15). Both come from the same fact; what runs has been seen when this is asked. */
function bootedCompared(facts: Facts): "same" | "other" | "unseen" {
  const running = runningOf(facts);
  const booted = closureOf(facts, "booted");
  if (!("toplevel" in running && "toplevel" in booted)) return "unseen";
  return booted.toplevel === running.toplevel ? "same" : "other";
}

/** SEE-3: paths that a verification found bad, in whichever closure it looked at; they share one store. */
function badPaths(facts: Facts): number {
  if (facts.verification?.state !== "observed") return 0;
  return facts.verification.value.bad.length + facts.verification.value.moreBad;
}

function ofClass(findings: readonly Finding[], itemClass: ItemClass, seen: boolean): Finding[] {
  return findings.filter((finding) => finding.class === itemClass && wasSeen(finding) === seen);
}

function counted(first: Finding, findings: readonly Finding[]): { count: number; item: string } {
  return { count: findings.length, item: first.itemId };
}
