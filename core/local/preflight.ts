import { isHealthy, type SafetyHeard } from "#core/change/gates.ts";

/** Questions before a way back, asked on the scanner itself; the same words as on the portal's page where they ask the same. */
export const LOCAL_CHECKS = [
  "enabled",
  "confirmed",
  "other",
  "alone",
  "scan",
  "energised",
  "safety",
  "disk",
  "boot",
] as const;
export type LocalCheck = (typeof LOCAL_CHECKS)[number];
export const VERDICTS = ["pass", "fail", "unknown"] as const;
/** `unknown` is never a pass. */
type Verdict = (typeof VERDICTS)[number];
export type CheckTold = { check: LocalCheck; verdict: Verdict };

export type PreflightView = {
  enabled: boolean;
  confirmed: boolean;
  runsAlready: boolean;
  /** Nothing is armed or going back. */
  alone: boolean;
  /** The model has a safety daemon. */
  daemon: boolean;
  safety: SafetyHeard;
  diskFull: boolean;
  bootFull: boolean;
  /** The boot partition could not be looked at. */
  bootUnseen: boolean;
};

/** In the order in which a person at the scanner asks. */
export function preflight(view: PreflightView): CheckTold[] {
  const verdicts: Record<LocalCheck, Verdict> = {
    enabled: verdict(view.enabled),
    confirmed: verdict(view.confirmed),
    other: verdict(!view.runsAlready),
    alone: verdict(view.alone),
    ...interlock(view),
    disk: verdict(!view.diskFull),
    boot: view.bootUnseen ? "unknown" : verdict(!view.bootFull),
  };
  return LOCAL_CHECKS.map((check) => ({ check, verdict: verdicts[check] }));
}

function interlock({ daemon, safety }: PreflightView): Record<"scan" | "energised" | "safety", Verdict> {
  if (!daemon) return { scan: "pass", energised: "pass", safety: "pass" };
  const { last } = safety;
  if (last === null) return { scan: "unknown", energised: "unknown", safety: "unknown" };
  const { scanState, energised } = last.state;
  return {
    scan: scanState === "unknown" ? "unknown" : verdict(scanState === "idle"),
    energised: energised === null ? "unknown" : verdict(!energised),
    safety: verdict(isHealthy(safety)),
  };
}

function verdict(passes: boolean): Verdict {
  return passes ? "pass" : "fail";
}

/**
 * A person on site answers for an unhealthy daemon, never for a scan or a drive that is not known to be off (decisions.md). A boot partition
 * that could not be looked at holds nobody up: what was confirmed here has its entry there already.
 */
export function standsAgainstWayBack(checks: readonly CheckTold[], attested: boolean): LocalCheck | null {
  const shut = checks.find(({ check, verdict: found }) => {
    if (check === "boot") return found === "fail";
    return found !== "pass" && !(attested && check === "safety");
  });
  return shut?.check ?? null;
}
