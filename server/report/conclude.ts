import { compareIntact } from "#core/finding/compare.ts";
import type { Compared, Finding } from "#core/finding/finding.ts";
import { changeOf } from "#core/headline/change-axis.ts";
import { factAxes } from "#core/headline/fact-axes.ts";
import type { OpenFinding, Since } from "#core/headline/situation.ts";
import { type Basis, basisOf, type KnownRelease } from "#core/manifest/released.ts";
import { skewProblem } from "#core/report/link-state.ts";
import type { Facts } from "#core/report/report.ts";
import type { Beliefs } from "#server/report/situation.ts";

export type Evidence = {
  facts: Facts;
  /** Moment of the report in history; what begins with it began then. */
  atMs: number;
  /** How long ago the scanner last confirmed these facts. */
  observedAgoMs: number;
  skewMs: number;
  /** Releases that may apply: by running toplevel, and those adopted from this scanner. */
  releases: readonly KnownRelease[];
  pinned: KnownRelease | null;
};

export type Conclusion = { beliefs: Beliefs; basis: Basis; compared: Compared[] };

/** Facts against the expected state, with since carried over from what was believed before (EXP-3). Pure. */
export function conclude(evidence: Evidence, before: Beliefs | null): Conclusion {
  const { facts, atMs, releases, pinned } = evidence;
  const basis = basisOf(facts, releases, pinned);
  const compared =
    basis.release === null
      ? []
      : compareIntact(basis.release.manifest, facts, { observedAgoMs: evidence.observedAgoMs });
  const change = changeOf(facts, before?.change ?? null, evidence);
  const axes = factAxes({ facts, basis, compared, pinned, change });
  const items = basis.release?.manifest.items ?? [];
  const problem = skewProblem(evidence.skewMs);
  const beliefs: Beliefs = {
    safety: since(axes.safety, before?.safety, atMs),
    function: since(axes.function, before?.function, atMs),
    software: since(axes.software, before?.software, atMs),
    currency: since(axes.currency, before?.currency, atMs),
    change,
    reasons: axes.reasons,
    manifest: basis.release?.origin ?? "none",
    manifestHasSafety: items.some((item) => item.class === "safety"),
    changesEnabled: facts.agent?.state === "observed" && facts.agent.value.changesEnabled,
    findings: openFindings(compared, before?.findings ?? [], atMs),
    unverifiable:
      problem === null ? null : { value: problem, sinceMs: before?.unverifiable?.sinceMs ?? atMs },
  };
  return { beliefs, basis, compared };
}

function since<T>(value: T, before: Since<T> | undefined, atMs: number): Since<T> {
  return before?.value === value ? before : { value, sinceMs: atMs };
}

/** An item's trouble keeps its since while it stays the same kind of trouble; a reading that wanders is still one finding. */
export function findingKey(finding: Pick<Finding, "itemId" | "problem">): string {
  return `${finding.problem} ${finding.itemId}`;
}

const CLASS_ORDER = { safety: 0, function: 1, config: 2, info: 3 } as const;

/** Open findings, most severe class first, in the manifest's order inside a class. */
function openFindings(
  compared: readonly Compared[],
  before: readonly OpenFinding[],
  atMs: number,
): OpenFinding[] {
  const known = new Map(before.map((finding) => [findingKey(finding), finding.sinceMs]));
  return compared
    .flatMap(({ finding }) =>
      finding === null ? [] : [{ ...finding, sinceMs: known.get(findingKey(finding)) ?? atMs }],
    )
    .sort((a, b) => CLASS_ORDER[a.class] - CLASS_ORDER[b.class]);
}
