import type { Service } from "#core/headline/axes.ts";
import type { ChangeTold } from "#core/report/change-kind.ts";
import type { FaultId } from "#demo/fault/fault-id.ts";
import type { PersonKey } from "#demo/plan/people.ts";

/** Something that happened on or to a scanner; in a plan they are ascending. */
export type ScannerMoment =
  /** Its first report, after somebody approved it. */
  | { kind: "enrolled"; atMs: number; release: string; by: PersonKey }
  | { kind: "pinned"; atMs: number; release: string; by: PersonKey }
  /** Booted into another release's system (again, where it ran it before). */
  | { kind: "switched"; atMs: number; release: string; change: ChangeTold }
  | { kind: "booted"; atMs: number }
  /** What the scanner itself says of its change from here on. */
  | { kind: "changed"; atMs: number; change: ChangeTold }
  | { kind: "fault-began"; atMs: number; fault: FaultId }
  | { kind: "fault-ended"; atMs: number; fault: FaultId }
  /** Nothing was heard from it until it came back; the scanner itself was fine. */
  | { kind: "silent"; atMs: number; untilMs: number }
  | { kind: "renamed"; atMs: number; by: PersonKey; from: string; to: string; reason: string }
  | { kind: "service"; atMs: number; by: PersonKey; service: Service; reason: string }
  /** A full report because it was time for one; nothing else happened. */
  | { kind: "reported"; atMs: number };
