import { bootIdOf, factoryHardware, type HostGeneration, type HostState } from "#demo/host/host-state.ts";
import type { ModelName } from "#demo/model/model.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A healthy host that runs the last of these releases since some days, and ran the others before it. */
export function nominalState(
  order: { serial: string; model: ModelName; releases: readonly string[] },
  nowMs: number,
): HostState {
  const { serial, model, releases } = order;
  const generations = releases.map((name, at): HostGeneration => {
    const createdAtMs = nowMs - (releases.length - at) * 20 * DAY_MS;
    return { number: at + 1, system: { kind: "release", name }, createdAtMs };
  });
  const number = generations.length;
  const bootedMs = nowMs - 18 * DAY_MS;
  return {
    serial,
    hostname: serial.toLowerCase(),
    model,
    hardware: factoryHardware(serial),
    generations,
    links: { running: number, booted: number, profile: number, nextBoot: number },
    boot: { id: bootIdOf(serial, number), atMs: bootedMs },
    switchedAtMs: bootedMs,
    clockOffsetMs: 0,
    scan: { state: "idle", energised: false },
    lastSelfTestAtMs: nowMs - 5 * HOUR_MS,
    calibratedAtMs: nowMs - 41 * DAY_MS,
    change: null,
    faults: [],
  };
}
