import type { Finding } from "#core/finding/finding.ts";
import { canonicalJson } from "#core/report/digest.ts";

/**
 * The text whose SHA-256 groups the same finding on many scanners (a *condition*): what was expected, what is there, and why it
 * could not be seen. Not in it: when, where, and the parameters of a reason, which hold counts and ages of one moment.
 */
export function signatureText(finding: Finding): string {
  const { itemId, kind, class: itemClass, problem, expected, unit, actual, reason } = finding;
  return `fiducial.finding.v1\n${canonicalJson({
    itemId,
    kind,
    class: itemClass,
    problem,
    expected,
    unit,
    actual: problem === "too-old" ? null : actual,
    reason: reason?.code ?? null,
  })}`;
}
