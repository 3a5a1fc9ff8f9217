import { isHealthy, SAFETY_FRESH_MS, type SafetyHeard } from "#core/change/gates.ts";
import type { BackReason, Plan, Run } from "#core/change/plan.ts";

/** One look at the scanner inside probation. Times are milliseconds of the monotonic clock. */
export type ProbeView = {
  atMs: number;
  safety: SafetyHeard;
  /** Active state by unit; a unit that is not loaded is missing. */
  units: Readonly<Record<string, string>>;
  modules: readonly string[];
  /** Age of the agent's sign of life; null: there is none. */
  agentAgeMs: number | null;
  /** How often systemd started the agent again after it died, since the probation began. */
  agentDeaths: number;
  current: string | null;
  booted: string | null;
  profile: string | null;
};

export type Probation = {
  beganAtMs: number;
  /** Since when everything holds without a break; null: something does not. */
  goodSinceMs: number | null;
  /** Since when the same complaint stands. */
  complaint: { code: Complaint; detail: string; sinceMs: number } | null;
};

const COMPLAINTS = [
  "links",
  "safety-bad",
  "safety-silent",
  "unit-failed",
  "unit",
  "module",
  "agent",
] as const;
type Complaint = (typeof COMPLAINTS)[number];

/**
 * How long a complaint may stand before the scanner goes back; what has no time here may be cured until the probation ends. A daemon
 * that is being restarted is silent for up to 30 s (status.md, row 1); one that speaks and objects is believed sooner.
 */
const PATIENCE_MS: Partial<Record<Complaint, number>> = {
  links: 0,
  "safety-bad": 5_000,
  "safety-silent": 30_000,
  "unit-failed": 10_000,
};

/** The agent touches its file at least once a minute; the guard restarts one that is silent for longer than this (decisions.md). */
export const AGENT_FRESH_MS = 120_000;
/** Deaths in ten minutes; a probation is shorter than that (reliability.md F13). */
const MOST_AGENT_DEATHS = 5;

export type ProbeVerdict =
  | { verdict: "go-on" }
  | { verdict: "passed" }
  | { verdict: "failed"; reason: BackReason; detail: string };

export function beginProbation(atMs: number): Probation {
  return { beganAtMs: atMs, goodSinceMs: null, complaint: null };
}

/** Takes in one look; what holds has to hold without a break (ACT-3). */
export function lookAgain(
  probation: Probation,
  view: ProbeView,
  change: { plan: Plan; run: Run },
): { probation: Probation; verdict: ProbeVerdict } {
  if (view.agentDeaths >= MOST_AGENT_DEATHS) {
    const detail = `the agent died ${view.agentDeaths} times`;
    return { probation, verdict: { verdict: "failed", reason: "agent-died", detail } };
  }
  const found = complaintOf(view, probation.beganAtMs, change);
  const { budgets } = change.plan.health;
  if (found === null) {
    const goodSinceMs = probation.goodSinceMs ?? view.atMs;
    const next = { ...probation, goodSinceMs, complaint: null };
    const isProved = view.atMs - goodSinceMs >= budgets.safetyHealthyMs;
    return { probation: next, verdict: { verdict: isProved ? "passed" : "go-on" } };
  }
  const sinceMs = probation.complaint?.code === found.code ? probation.complaint.sinceMs : view.atMs;
  const complaint = { ...found, sinceMs };
  const next = { ...probation, goodSinceMs: null, complaint };
  return { probation: next, verdict: judge(complaint, view.atMs, probation.beganAtMs + budgets.probationMs) };
}

function judge(complaint: NonNullable<Probation["complaint"]>, atMs: number, endMs: number): ProbeVerdict {
  const { code, detail, sinceMs } = complaint;
  const patienceMs = PATIENCE_MS[code];
  if (patienceMs !== undefined && atMs - sinceMs >= patienceMs)
    return { verdict: "failed", reason: "health-failed", detail };
  if (atMs >= endMs)
    return { verdict: "failed", reason: "health-failed", detail: `not proved in time: ${detail}` };
  return { verdict: "go-on" };
}

type Found = { code: Complaint; detail: string };

/** The first thing that is not as the contract wants it, the worst first. */
function complaintOf(
  view: ProbeView,
  beganAtMs: number,
  { plan, run }: { plan: Plan; run: Run },
): Found | null {
  return (
    linksComplaint(view, plan, run) ??
    safetyComplaint(view, plan) ??
    unitComplaint(view, plan) ??
    moduleComplaint(view, plan) ??
    agentComplaint(view, beganAtMs)
  );
}

/** Somebody switched by hand, or the switch did not do what it said: never confirmed (I6). */
function linksComplaint({ current, booted, profile }: ProbeView, { toplevel }: Plan, { way }: Run) {
  if (current !== toplevel) return { code: "links", detail: `running ${current}` } as const;
  if (profile !== toplevel) return { code: "links", detail: `the profile is ${profile}` } as const;
  if (way === "reboot" && booted !== toplevel) return { code: "links", detail: `booted ${booted}` } as const;
  return null;
}

function safetyComplaint({ safety }: ProbeView, { health }: Plan): Found | null {
  if (health.safety === "none" || isHealthy(safety)) return null;
  const { last } = safety;
  const isSpeaking = last !== null && last.ageMs <= SAFETY_FRESH_MS;
  if (!isSpeaking) return { code: "safety-silent", detail: "the safety daemon is silent" };
  const { state, bypasses } = last.state;
  const bypassed = bypasses.length === 0 ? "" : `, bypassed: ${bypasses.join(" ")}`;
  return { code: "safety-bad", detail: `the safety daemon says ${state}${bypassed}` };
}

function unitComplaint({ units }: ProbeView, { health }: Plan): Found | null {
  const states = new Map(Object.entries(units));
  const stateOf = (unit: string) => states.get(unit) ?? "missing";
  const failed = health.unitsActive.filter((unit) => stateOf(unit) === "failed");
  if (failed.length > 0) return { code: "unit-failed", detail: `failed: ${failed.join(" ")}` };
  const waiting = health.unitsActive.filter((unit) => stateOf(unit) !== "active");
  if (waiting.length === 0) return null;
  return { code: "unit", detail: waiting.map((unit) => `${unit} is ${stateOf(unit)}`).join(", ") };
}

function moduleComplaint({ modules }: ProbeView, { health }: Plan): Found | null {
  const missing = health.modulesLoaded.filter((name) => !modules.includes(name.replaceAll("-", "_")));
  return missing.length === 0 ? null : { code: "module", detail: `not loaded: ${missing.join(" ")}` };
}

/** A sign of life from before the probation is one of the agent that was restarted, or that has died since (ACT-8). */
function agentComplaint({ agentAgeMs, atMs }: ProbeView, beganAtMs: number): Found | null {
  if (agentAgeMs !== null && agentAgeMs <= Math.min(AGENT_FRESH_MS, atMs - beganAtMs)) return null;
  return { code: "agent", detail: "the agent gives no sign of life" };
}
