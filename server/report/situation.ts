import type { Currency, FunctionAxis, Safety, Service, Software } from "#core/headline/axes.ts";
import { type BelievedChange, unseenChange } from "#core/headline/change-axis.ts";
import type { FactAxes, OpenFinding, Since, Situation } from "#core/headline/situation.ts";
import type { Reason } from "#core/report/fact.ts";
import { absenceOf, isFlapping, type LinkState } from "#core/report/link-state.ts";
import type { Identity } from "#server/scanner/view.ts";

/** What the newest facts were concluded to mean; everything of the headline that does not depend on the time of day. */
export type Beliefs = {
  safety: Since<Safety>;
  function: Since<FunctionAxis>;
  software: Since<Software>;
  currency: Since<Currency>;
  change: BelievedChange;
  reasons: FactAxes["reasons"];
  manifest: Situation["manifest"];
  manifestHasSafety: boolean;
  changesEnabled: boolean;
  findings: readonly OpenFinding[];
  unverifiable: Since<Reason> | null;
};

/** The moment things are judged at; an input like any other. */
export type Now = { nowMs: number; observingSinceMs: number };

export type Standing = {
  identity: Identity;
  service: Service;
  /** When a maintenance mark ends by itself; null: when somebody takes it off. */
  serviceUntilMs: number | null;
  createdAtMs: number;
};

/** Before the first report nothing is believed. */
export function noBeliefs(sinceMs: number): Beliefs {
  const reason: Reason = { code: "never-reported" };
  return {
    safety: { value: "unknown", sinceMs },
    function: { value: "unknown", sinceMs },
    software: { value: "unknown", sinceMs },
    currency: { value: "unpinned", sinceMs },
    change: unseenChange(reason, sinceMs),
    reasons: { safety: reason, function: reason, software: reason, currency: { code: "no-pin" } },
    manifest: "none",
    manifestHasSafety: false,
    changesEnabled: false,
    findings: [],
    unverifiable: null,
  };
}

/** The one way from stored rows to the input of `headlineOf`: report, ticker, fleet table and scanner page all come through here (EXP-4). */
export function situationOf(
  standing: Standing,
  beliefs: Beliefs | null,
  link: LinkState,
  { nowMs, observingSinceMs }: Now,
): Situation {
  const { reasons, ...held } = beliefs ?? noBeliefs(standing.createdAtMs);
  return {
    ...held,
    nowMs,
    observingSinceMs,
    lastSeenMs: beliefs === null ? null : link.lastSeenMs,
    absence: absenceOf(link),
    identity: standing.identity === "locked-out" ? "locked-out" : "known",
    service: standing.identity === "retired" ? "retired" : standing.service,
    serviceUntilMs: standing.serviceUntilMs,
    currencyReason: reasons.currency,
    flapping: isFlapping(link, nowMs),
  };
}
