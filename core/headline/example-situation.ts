import type { OpenFinding, Situation } from "#core/headline/situation.ts";

/** A nominal scanner, for tests: each test changes the one thing it is about. */
export const NOW_MS = 1_000_000_000;

export function situation(change: Partial<Situation> = {}): Situation {
  const sinceMs = NOW_MS - 10_000_000;
  return {
    nowMs: NOW_MS,
    observingSinceMs: sinceMs,
    lastSeenMs: NOW_MS - 5_000,
    absence: "none",
    unverifiable: null,
    identity: "known",
    service: "in-service",
    safety: { value: "ok", sinceMs },
    function: { value: "ok", sinceMs },
    software: { value: "intact", sinceMs },
    currency: { value: "current", sinceMs },
    change: { value: "none", sinceMs, budgetMs: null, energised: null },
    manifest: "signed",
    manifestHasSafety: true,
    findings: [],
    flapping: false,
    changesEnabled: true,
    ...change,
  };
}

export function finding(change: Partial<OpenFinding> = {}): OpenFinding {
  return {
    itemId: "x",
    kind: "unit",
    class: "config",
    problem: "differs",
    expected: { op: "eq", want: "active" },
    unit: null,
    actual: "failed",
    reason: null,
    riskControlId: null,
    sinceMs: NOW_MS - 10_000_000,
    ...change,
  };
}
