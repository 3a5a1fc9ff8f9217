import { describe, expect, test } from "vitest";
import { examplePlan, exampleRun, NEW, OLD } from "#core/change/example-plan.ts";
import type { Plan } from "#core/change/plan.ts";
import {
  AGENT_FRESH_MS,
  beginProbation,
  lookAgain,
  type ProbeVerdict,
  type ProbeView,
} from "#core/change/probation.ts";
import type { SafetyState } from "#core/safety/socket.ts";

const well = {
  state: "ok",
  bypasses: [] as string[],
  energised: false,
  scanState: "idle",
} as unknown as SafetyState;
const good: Omit<ProbeView, "atMs"> = {
  safety: { last: { state: well, ageMs: 0 } },
  units: { "motor.service": "active" },
  modules: ["motor_can"],
  agentAgeMs: 0,
  agentDeaths: 0,
  current: NEW,
  booted: OLD,
  profile: NEW,
};
const plan = (health: Partial<Plan["health"]> = {}): Plan => {
  const example = examplePlan();
  return { ...example, health: { ...example.health, ...health } };
};

/** Looks every second from the start; gives the first verdict and the second it came in. */
function watch(
  views: (second: number) => Partial<ProbeView>,
  { of = plan(), run = exampleRun() } = {},
): { at: number; verdict: ProbeVerdict } {
  let probation = beginProbation(0);
  for (let second = 0; second <= 400; second += 1) {
    const looked = lookAgain(
      probation,
      { ...good, atMs: second * 1_000, ...views(second) },
      { plan: of, run },
    );
    probation = looked.probation;
    if (looked.verdict.verdict !== "go-on") return { at: second, verdict: looked.verdict };
  }
  throw new Error("no verdict");
}

describe("probation [ACT-3]", () => {
  test("passes when everything held without a break for as long as was signed", () => {
    expect(watch(() => ({}))).toEqual({ at: 30, verdict: { verdict: "passed" } });
    const broken = watch((second) => (second === 20 ? { agentAgeMs: null } : {}));
    expect(broken).toMatchObject({ at: 51, verdict: { verdict: "passed" } });
  });

  test("a daemon that objects is believed after seconds, one that is silent after its restart time", () => {
    const tripped = {
      last: { state: { ...well, state: "tripped", bypasses: ["door"] } as SafetyState, ageMs: 0 },
    };
    expect(watch(() => ({ safety: tripped }))).toMatchObject({
      at: 5,
      verdict: { reason: "health-failed", detail: "the safety daemon says tripped, bypassed: door" },
    });
    const bad = { last: { state: { ...well, state: "limit-exceeded" } as SafetyState, ageMs: 0 } };
    expect(watch(() => ({ safety: bad }))).toMatchObject({ at: 5 });
    expect(watch(() => ({ safety: { last: null } }))).toMatchObject({
      at: 30,
      verdict: { reason: "health-failed", detail: "the safety daemon is silent" },
    });
    expect(watch((second) => (second < 29 ? { safety: { last: null } } : {}))).toMatchObject({
      verdict: { verdict: "passed" },
    });
    expect(watch(() => ({ safety: { last: null } }), { of: plan({ safety: "none" }) })).toMatchObject({
      verdict: { verdict: "passed" },
    });
  });

  test("links that are not the target's fail at once: nothing else is ever confirmed [I6]", () => {
    expect(watch(() => ({ current: OLD }))).toMatchObject({ at: 0, verdict: { reason: "health-failed" } });
    expect(watch(() => ({ profile: OLD }))).toMatchObject({ at: 0 });
    const run = exampleRun({ way: "reboot" });
    expect(watch(() => ({ booted: OLD }), { run })).toMatchObject({ at: 0 });
    expect(watch(() => ({ booted: NEW }), { run })).toMatchObject({ verdict: { verdict: "passed" } });
  });

  test("units and modules of the contract", () => {
    expect(watch(() => ({ units: { "motor.service": "failed" } }))).toMatchObject({ at: 10 });
    expect(watch(() => ({ units: {} }))).toMatchObject({
      at: 300,
      verdict: { detail: "not proved in time: motor.service is missing" },
    });
    const of = plan({ modulesLoaded: ["motor-can"] });
    expect(watch(() => ({}), { of })).toMatchObject({ verdict: { verdict: "passed" } });
    expect(watch(() => ({ modules: [] }), { of })).toMatchObject({
      at: 300,
      verdict: { detail: "not proved in time: not loaded: motor-can" },
    });
  });

  test("the agent has to live, and may not die again and again [ACT-8, F13]", () => {
    expect(watch(() => ({ agentAgeMs: AGENT_FRESH_MS + 1 }))).toMatchObject({ at: 300 });
    // The file is from before the probation and is never touched again: the agent died with its old generation.
    expect(watch((second) => ({ agentAgeMs: (second + 1) * 1_000 }))).toMatchObject({ at: 300 });
    expect(watch(() => ({ agentAgeMs: null, agentDeaths: 5 }))).toMatchObject({
      at: 0,
      verdict: { reason: "agent-died" },
    });
    expect(watch(() => ({ agentDeaths: 5 }))).toMatchObject({ verdict: { reason: "agent-died" } });
  });
});
