import { wasSeen } from "#core/finding/compare.ts";
import type { Link } from "#core/headline/axes.ts";
import { linkOf, rebootExcusesSilence, silentSinceMs } from "#core/headline/link.ts";
import { isTripEvidence } from "#core/headline/safety-axis.ts";
import type { OpenFinding, Situation } from "#core/headline/situation.ts";
import type { ItemClass } from "#core/manifest/item.ts";

/** A situation with what its rules ask again and again, worked out once. */
export type View = {
  situation: Situation;
  link: Link;
  silentSinceMs: number | null;
  silenceExcused: boolean;
  /** Open findings by class: seen and different, and not seen at all. A trip and a declared restart explain some of safety. */
  seen: Record<ItemClass, OpenFinding[]>;
  unseen: Record<ItemClass, OpenFinding[]>;
  /** The declared restart of the safety daemon is under way: its absence, and nothing else, is excused. */
  restarting: boolean;
};

export function viewOf(situation: Situation): View {
  const restarting = isDeclaredRestart(situation);
  const findings = situation.findings.filter((finding) => !(restarting && isAbsenceOfDaemon(finding)));
  const unexplained = findings.filter(
    (finding) =>
      !(finding.class === "safety" && situation.safety.value === "tripped" && isTripEvidence(finding)),
  );
  return {
    situation,
    link: linkOf(situation),
    silentSinceMs: silentSinceMs(situation),
    silenceExcused: rebootExcusesSilence(situation),
    seen: byClass(unexplained.filter(wasSeen)),
    unseen: byClass(findings.filter((finding) => !wasSeen(finding))),
    restarting,
  };
}

function byClass(findings: readonly OpenFinding[]): Record<ItemClass, OpenFinding[]> {
  const of = (itemClass: ItemClass) => findings.filter((finding) => finding.class === itemClass);
  return { safety: of("safety"), function: of("function"), config: of("config"), info: of("info") };
}

/** No contract can stretch it beyond this (status.md: 30 s, cap 60 s). */
const RESTART_CAP_MS = 60_000;
const RESTART_PHASES: readonly string[] = ["activating", "probation", "rolling-back"];

/** When a declared restart stops excusing anything; null: none is declared. */
export function restartEndsMs({ change }: Situation): number | null {
  const { safetyRestart } = change;
  if (safetyRestart === undefined || safetyRestart === null) return null;
  return safetyRestart.sinceMs + Math.min(safetyRestart.maxMs, RESTART_CAP_MS);
}

/**
 * The one exception to Unsafe: declared in the signed contract, inside a running change, and the scanner known to be off.
 * An unknown `energised` is not off.
 */
function isDeclaredRestart(situation: Situation): boolean {
  const { change, nowMs } = situation;
  const endsMs = restartEndsMs(situation);
  if (endsMs === null || nowMs > endsMs) return false;
  return RESTART_PHASES.includes(change.value) && change.energised === false;
}

/** What a daemon that restarts looks like: not heard, unit not running. A bypass or a wrong limit is never excused. */
const RESTART_KINDS: readonly string[] = ["safety-link", "safety-heartbeat-age", "unit"];

function isAbsenceOfDaemon(finding: OpenFinding): boolean {
  if (finding.class !== "safety") return false;
  return !wasSeen(finding) || RESTART_KINDS.includes(finding.kind);
}
