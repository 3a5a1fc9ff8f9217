import type { Finding } from "#core/finding/finding.ts";
import type {
  ChangeState,
  Currency,
  FunctionAxis,
  Link,
  Safety,
  Service,
  Software,
} from "#core/headline/axes.ts";
import type { Reason } from "#core/report/fact.ts";

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
  /** Was offline, and fewer than two consecutive messages have come since. */
  leavingOffline: boolean;
  /** The newest message could not be believed (signature, schema, skew); null: it could. */
  unverifiable: Since<Reason> | null;
  identity: "known" | "locked-out";
  service: Service;
  safety: Since<Safety>;
  function: Since<FunctionAxis>;
  software: Since<Software>;
  currency: Since<Currency>;
  change: Since<ChangeState> & { budgetMs: number | null; energised: boolean | null };
  manifest: "none" | "observed" | "signed";
  manifestHasSafety: boolean;
  findings: readonly OpenFinding[];
  flapping: boolean;
  changesEnabled: boolean;
};

export type LinkAxis = Since<Link>;
