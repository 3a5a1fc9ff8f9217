import type { ChangeTold } from "#core/report/change-kind.ts";
import { bootIdOf, factoryHardware, type HostGeneration, type HostState } from "#demo/host/host-state.ts";
import { DAY_MS, HOUR_MS } from "#demo/plan/duration.ts";
import { faultsAt } from "#demo/plan/history.ts";
import type { FleetPlan, PlannedScanner } from "#demo/plan/plan.ts";
import { randomFor } from "#demo/plan/random.ts";

/** A kernel has run this long when the agent's first report is made. */
const REPORT_AFTER_BOOT_MS = 70_000;
const SELF_TEST_AFTER_BOOT_MS = 40_000;
/** Generations that garbage collection leaves on the disk. */
const KEPT_GENERATIONS = 5;
const CALIBRATED_EVERY_MS = 120 * DAY_MS;

/** The simulated host as the plan tells it at a moment; its faults are named in it and do their work in demo/fault. */
export function hostStateAt(plan: Pick<FleetPlan, "seed">, scanner: PlannedScanner, atMs: number): HostState {
  const { serial, model, moments } = scanner;
  const past = moments.filter((one) => one.atMs <= atMs);
  const random = randomFor(plan.seed, "host", serial);
  const clockOffsetMs = random.int(-35, 35);
  const calibration = random.int(0, CALIBRATED_EVERY_MS);
  const { generations, running, boots, bootAtMs, change } = lifeOf(past);
  const profile = profileOf(generations, running, change);
  return {
    serial,
    hostname: serial.toLowerCase(),
    model,
    hardware: factoryHardware(serial),
    generations: profile.generations,
    links: { running, booted: running, profile: profile.number, nextBoot: profile.number },
    boot: { id: bootIdOf(serial, boots), atMs: bootAtMs },
    switchedAtMs: bootAtMs,
    clockOffsetMs,
    scan: { state: "idle", energised: false },
    lastSelfTestAtMs: bootAtMs + SELF_TEST_AFTER_BOOT_MS,
    calibratedAtMs: atMs - ((atMs + calibration) % CALIBRATED_EVERY_MS),
    change,
    faults: faultsAt(past, atMs),
  };
}

type Life = {
  generations: HostGeneration[];
  running: number;
  boots: number;
  bootAtMs: number;
  change: ChangeTold | null;
};

function lifeOf(past: PlannedScanner["moments"]): Life {
  const life: Life = { generations: [], running: 0, boots: 0, bootAtMs: 0, change: null };
  for (const one of past) {
    if (one.kind === "enrolled")
      boot(life, install(life, one.release, one.atMs - 26 * HOUR_MS), one.atMs - HOUR_MS);
    if (one.kind === "booted") boot(life, life.running, one.atMs);
    if (one.kind === "switched") {
      boot(life, install(life, one.release, one.atMs - HOUR_MS), one.atMs);
      life.change = one.change;
    }
    if (one.kind === "changed") life.change = one.change;
  }
  return life;
}

/** The generation of a release: the one that is still there, or a new one. */
function install(life: Life, name: string, createdAtMs: number): number {
  const known = life.generations.find(({ system }) => system.kind === "release" && system.name === name);
  if (known !== undefined) return known.number;
  const number = Math.max(FACTORY_GENERATIONS, ...life.generations.map((one) => one.number)) + 1;
  life.generations = [
    ...life.generations.slice(1 - KEPT_GENERATIONS),
    { number, system: { kind: "release", name }, createdAtMs },
  ];
  return number;
}

/** What was tried out before a scanner left the factory, and is long collected. */
const FACTORY_GENERATIONS = 3;

function boot(life: Life, generation: number, reportMs: number): void {
  life.running = generation;
  life.boots += 1;
  life.bootAtMs = reportMs - REPORT_AFTER_BOOT_MS;
}

/** While a change is being made the profile and the boot loader point to where it leads already. */
function profileOf(generations: HostGeneration[], running: number, change: ChangeTold | null) {
  if (change === null || (change.state !== "armed" && change.state !== "activating") || change.to === null)
    return { generations, number: running };
  const life: Life = { generations, running, boots: 0, bootAtMs: 0, change };
  const number = install(life, change.to, (change.sinceMs ?? 0) - HOUR_MS);
  return { generations: life.generations, number };
}
