import type { Audience } from "#core/release/release.ts";
import type { Reason } from "#core/report/fact.ts";
import type { InstructionAction } from "#core/trust/instruction.ts";

/**
 * What is known beforehand about one scanner and one release: asked before a person may ask for a change. It spares people a refusal
 * and decides nothing: the scanner verifies and decides by itself.
 */

export type ScannerLabels = { scannerId: string; model: string | null; hardwareRevision: string | null };

/** The system of a release that is for this scanner: one that names it goes before one for its model. Null: there is none. */
export function systemFor<S extends { for: readonly Audience[] }>(
  systems: readonly S[],
  labels: ScannerLabels,
): S | null {
  const named = systems.find((system) =>
    system.for.some((one) => "scannerId" in one && one.scannerId === labels.scannerId),
  );
  return named ?? systems.find((system) => system.for.some((one) => isForModel(one, labels))) ?? null;
}

function isForModel(audience: Audience, { model, hardwareRevision }: ScannerLabels): boolean {
  if ("scannerId" in audience || audience.model !== model) return false;
  const { hardwareRevisions } = audience;
  return (
    hardwareRevisions === null || (hardwareRevision !== null && hardwareRevisions.includes(hardwareRevision))
  );
}

export type Candidate = {
  action: InstructionAction;
  counter: number;
  withdrawn: string | null;
  /** Toplevel of the system that is for this scanner; null: none is. */
  toplevel: string | null;
  /** Highest floor that was ever signed. */
  floor: number;
};

export type ScannerKnown = {
  identity: "approved" | "locked-out" | "retired";
  model: string | null;
  /** Null: not seen. `counter` null: what runs is of no signed release. */
  running: { toplevel: string; counter: number | null } | null;
  /** The candidate was confirmed here. */
  confirmed: boolean;
  /** The candidate is among the generations on its disk; null: it did not say. */
  onDisk: boolean | null;
  /** Null: it never said. */
  changesEnabled: boolean | null;
  openChange: boolean;
  /** By its own word: held since it went back by itself (ACT-6), and the toplevels that failed there and stay blocked (ACT-5). */
  held: boolean;
  blocked: readonly string[];
  /** Why firmware or calibration does not fit, as the owners of the devices published it; null: it does, or no system is for it. */
  misfit: Reason | null;
};

/** Why it may not be asked (`blocked.<code>`), the first reason first; empty: it may. */
export function standsAgainst(candidate: Candidate, known: ScannerKnown): Reason[] {
  const { toplevel } = candidate;
  const checks: (Reason | null)[] = [
    known.identity === "approved" ? null : { code: known.identity },
    toplevel === null ? wrongModel(known) : null,
    known.openChange ? { code: "busy" } : null,
    known.changesEnabled === false ? { code: "changes-off" } : null,
    candidate.counter < candidate.floor ? { code: "below-floor" } : null,
    runsAlready(candidate, known) ? { code: "runs-already" } : null,
    known.misfit,
    toplevel !== null && known.blocked.includes(toplevel) ? { code: "blocked-here" } : null,
    ...(toplevel === null ? [] : candidate.action === "rollback" ? back(known) : forward(candidate, known)),
  ];
  return checks.filter((one) => one !== null);
}

/** What runs and was never confirmed here may be asked for: the scanner proves it where it stands, and can come back to it later. */
function runsAlready({ action, toplevel }: Candidate, { running, confirmed }: ScannerKnown): boolean {
  return running !== null && running.toplevel === toplevel && (confirmed || action === "rollback");
}

function wrongModel({ model }: ScannerKnown): Reason {
  return model === null ? { code: "model-not-known" } : { code: "wrong-model" };
}

function back({ confirmed, onDisk }: ScannerKnown): (Reason | null)[] {
  return [
    confirmed ? null : { code: "never-confirmed-here" },
    onDisk === false ? { code: "not-on-disk" } : null,
  ];
}

function forward(
  { counter, withdrawn, toplevel }: Candidate,
  { running, held }: ScannerKnown,
): (Reason | null)[] {
  const older =
    running !== null &&
    running.counter !== null &&
    running.toplevel !== toplevel &&
    counter <= running.counter;
  return [
    held ? { code: "held" } : null,
    withdrawn === null ? null : { code: "withdrawn" },
    older ? { code: "older-release" } : null,
  ];
}
