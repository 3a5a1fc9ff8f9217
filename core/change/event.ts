import type { Gate } from "#core/change/gate-words.ts";
import type { BackReason, Plan, Run } from "#core/change/plan.ts";
import type { RefusalReason } from "#core/trust/attack.ts";

/** What the host itself shows; null: not to be read. */
export type Seen = {
  bootId: string;
  /** Resolved `/run/current-system`, `/run/booted-system`, system profile. */
  current: string | null;
  booted: string | null;
  profile: string | null;
};

/** What `switch-to-configuration` left: its exit status, null when it was killed or never came back. */
export type SwitchResult = { status: number | null; newlyFailed: readonly string[] };

/** What happened. Everything an event carries was read from the host or verified before. */
export type ChangeEvent =
  /** A verified instruction; `complete`: nothing has to be fetched. */
  | { kind: "accepted"; plan: Plan; complete: boolean }
  | {
      kind: "refused";
      changeId: string | null;
      seq: number;
      to: string | null;
      reason: RefusalReason;
      detail: string;
    }
  | { kind: "fetched"; bytes: number; totalBytes: number }
  /** All files are in the spool. */
  | { kind: "complete" }
  /** The director asks nothing, or something else, before ARM. */
  | { kind: "withdrawn" }
  | { kind: "expired" }
  /** The gates as they stand. */
  | { kind: "shut"; gate: Gate }
  | { kind: "open"; run: Run }
  /** What the step was to do is done, and durable. */
  | { kind: "done" }
  | { kind: "failed"; detail: string }
  /** A content that is not what was signed: refused, whatever the step was. */
  | { kind: "unproved"; reason: RefusalReason; detail: string }
  | { kind: "switched"; result: SwitchResult }
  | { kind: "probed"; passed: true }
  | { kind: "probed"; passed: false; reason: BackReason; detail: string }
  /** After going back: what the host shows, against what it should. */
  | { kind: "observed"; seen: Seen }
  /** The machine is started again: after its own death, or after a boot. */
  | { kind: "resumed"; seen: Seen }
  | { kind: "deadline" }
  /** Root on the scanner breaks a change off. */
  | { kind: "abandoned"; detail: string };
