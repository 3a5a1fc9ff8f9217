import { createCollector } from "#agent/collect/collect.ts";
import type { System } from "#agent/system.ts";
import { VERSION } from "#agent/version.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import type { HostState } from "#demo/host/host-state.ts";
import { SafetyRounds } from "#demo/host/safety-daemon.ts";
import { createSimulatedHost } from "#demo/host/simulated-system.ts";
import { Stage } from "#demo/host/stage.ts";
import type { Systems } from "#demo/host/systems.ts";

/** What the agent of a simulated scanner says of itself: none of it changes while a scanner is well. */
export function agentFactAt(bootAtMs: number): FactValue<"agent"> {
  return {
    version: VERSION,
    node: process.version,
    mode: "service",
    user: "unprivileged",
    changesEnabled: true,
    residentBytes: 61_480_960,
    anonymousBytes: 24_117_248,
    cpuMs: 4_210,
    startedAtMs: bootAtMs + AGENT_AFTER_BOOT_MS,
    wakeups: 18_204,
    outboxReports: 0,
    droppedReports: 0,
    proxy: null,
    customCa: false,
    problems: [],
  };
}

const AGENT_AFTER_BOOT_MS = 11_000;

/** The time a simulated host lives in stands still at the moment that is asked about. */
type StillClock = { atMs: number };

/** `close` when done: the hosts' daemons keep time. */
export type Reader = {
  read: (state: HostState, atMs: number) => Promise<Facts>;
  /** Of a host on which nobody answers: its kernel and modules are there, and no unit is asked about. */
  readSystem: (state: HostState, atMs: number) => Promise<Facts>;
  close: () => void;
};

type Reading = { state: HostState; atMs: number; mute: boolean };
const NOBODY = { ok: false, problem: "failed", detail: "connect ECONNREFUSED" } as const;

/** Reads hosts at moments long past with the real collector, one after the other. */
export function createReader(systems: Systems): Reader {
  const clock: StillClock = { atMs: 0 };
  const rounds = new SafetyRounds();
  const stage = new Stage({
    clock: { nowMs: () => clock.atMs, steadyMs: () => clock.atMs },
    systems,
    rounds,
  });
  const readNow = async ({ state, atMs, mute }: Reading): Promise<Facts> => {
    clock.atMs = atMs;
    const host = createSimulatedHost(state, stage);
    try {
      const system: System = mute ? { ...host.system, connect: async () => NOBODY } : host.system;
      const collector = createCollector(system, {
        runDir: "/run/fiducial",
        safetySocket: "/run/fiducial/safety.sock",
        profiles: "/nix/var/nix/profiles",
        mode: "service",
        agentFact: () => agentFactAt(host.picture.state.boot.atMs),
      });
      return await collector.collect();
    } finally {
      host.end();
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  const read = (reading: Reading): Promise<Facts> => {
    const next = last.then(() => readNow(reading));
    last = next.catch(() => undefined);
    return next;
  };
  return {
    read: (state, atMs) => read({ state, atMs, mute: false }),
    readSystem: (state, atMs) => read({ state, atMs, mute: true }),
    close: () => rounds.stop(),
  };
}
