import type { Preflight, RollbackTarget } from "#server/change/view.ts";

/** `unknown` is never a pass: what was not seen, or was seen too long ago, is said to be unknown (SEE-14). */
export type Verdict = "pass" | "fail" | "unknown";

const CHECKS = [
  "link",
  "scan",
  "energised",
  "safety",
  "enabled",
  "alone",
  "fits",
  "floor",
  "blocked",
  "confirmed",
  "disk",
] as const;
export type CheckName = (typeof CHECKS)[number];
export type Check = { name: CheckName; verdict: Verdict };

/** Null answers are unknown; `good` says which answer passes. */
function answered(value: boolean | null, good: boolean): Verdict {
  if (value === null) return "unknown";
  return value === good ? "pass" : "fail";
}

function safetyVerdict({ safety }: Preflight["interlock"]): Verdict {
  if (safety === "unknown") return "unknown";
  return safety === "ok" || safety === "none" || safety === "warning" ? "pass" : "fail";
}

const LINK_VERDICTS = {
  live: "pass",
  late: "unknown",
  offline: "fail",
  never: "fail",
} as const satisfies Record<Preflight["link"], Verdict>;

/** What the interlock says counts only while scanner and daemon are heard: the last word of a silent one is no present. */
function interlockNow({ interlock, link }: Pick<Preflight, "interlock" | "link">): Preflight["interlock"] {
  const heard = interlock.asOfMs !== null && (link === "live" || link === "late");
  if (!heard) return { ...interlock, energised: null, scanning: null, safety: "unknown" };
  return interlock.safety === "lost" ? { ...interlock, energised: null, scanning: null } : interlock;
}

/** The questions before a change, each with its answer, in the order a person at the scanner asks them. */
export function checksOf(preflight: Preflight, target: RollbackTarget | null): Check[] {
  const now = interlockNow(preflight);
  const { floor } = preflight;
  const of = (name: CheckName, verdict: Verdict): Check => ({ name, verdict });
  const common = [
    of("link", LINK_VERDICTS[preflight.link]),
    of("scan", answered(now.scanning, false)),
    of("energised", answered(now.energised, false)),
    of("safety", safetyVerdict(now)),
    of("enabled", answered(preflight.changesEnabled, true)),
    of("alone", preflight.openChangeId === null ? "pass" : "fail"),
    of("floor", floor.target >= floor.required ? "pass" : "fail"),
  ];
  if (target !== null)
    return [
      ...common,
      of("confirmed", preflight.confirmedHere ? "pass" : "fail"),
      of("disk", answered(target.onDisk, true)),
    ];
  return [
    ...common,
    of("fits", preflight.to === null ? "fail" : "pass"),
    of("blocked", preflight.blockedHere === null ? "pass" : "fail"),
  ];
}

export function tally(checks: readonly Check[]): Record<Verdict, number> {
  const count = (verdict: Verdict) => checks.filter((one) => one.verdict === verdict).length;
  return { pass: count("pass"), fail: count("fail"), unknown: count("unknown") };
}
