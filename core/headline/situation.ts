import type { Finding } from "#core/finding/finding.ts";
import type { ChangeState, Currency, FunctionAxis, Safety, Service, Software } from "#core/headline/axes.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Absence } from "#core/report/link-state.ts";

/** An axis value with the moment it began, milliseconds since the epoch. */
export type Since<T> = { value: T; sinceMs: number };

export type OpenFinding = Finding & { sinceMs: number };

/** What the facts of one report say on the axes that do not depend on the time of day. */
export type FactAxes = {
  safety: Safety;
  function: FunctionAxis;
  software: Software;
  currency: Currency;
  /** Why, per axis, for the strip under the headline. */
  reasons: { safety: Reason; function: Reason; software: Reason; currency: Reason };
};

/**
 * Everything the headline is decided from. Built from stored rows by the server, from its own observation by the scanner's
 * page; the same pure function reads it everywhere (EXP-4). `nowMs` and `observingSinceMs` are inputs like any other.
 */
export type Situation = {
  nowMs: number;
  /** Since when the server has been listening without a gap; its own outage makes nobody offline. */
  observingSinceMs: number;
  /** Last verified report or heartbeat; null: never. */
  lastSeenMs: number | null;
  /** Was offline, and fewer than two consecutive messages have come since: none, or one. */
  absence: Absence;
  /** The newest message could not be believed (signature, schema, skew); null: it could. */
  unverifiable: Since<Reason> | null;
  identity: "known" | "locked-out";
  service: Service;
  /** When a maintenance mark ends by itself; null or missing: when somebody takes it off. */
  serviceUntilMs?: number | null;
  safety: Since<Safety>;
  function: Since<FunctionAxis>;
  software: Since<Software>;
  currency: Since<Currency>;
  /** Why not the pinned release; without it the headline says only that. */
  currencyReason?: Reason;
  /** By when the pinned release should run; null or missing: no date was set. */
  dueMs?: number | null;
  change: Since<ChangeState> & {
    /** Of the phase it is in; null: the default of that phase (core/headline/change-budget.ts). */
    budgetMs: number | null;
    energised: boolean | null;
    /** The restart of the safety daemon that a signed contract declares inside this change, while it is under way. */
    safetyRestart?: { sinceMs: number; maxMs: number } | null;
    /** Progress of a download, 0 to 100. */
    percent?: number | null;
    /** Why it waits, was refused or went back (`blocked.<code>`). */
    reason?: string | null;
  };
  manifest: "none" | "observed" | "signed";
  manifestHasSafety: boolean;
  findings: readonly OpenFinding[];
  flapping: boolean;
  changesEnabled: boolean;
};
