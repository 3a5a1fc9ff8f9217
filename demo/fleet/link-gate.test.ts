import { describe, expect, test } from "vitest";
import { LATE_AFTER_MS, OFFLINE_AFTER_MS } from "#core/protocol/timing.ts";
import { hear, isFlapping, type LinkState, SILENT_LINK } from "#core/report/link-state.ts";
import { tryWay, type Way } from "#demo/fleet/link-gate.ts";

const START: Way = { look: "open", sinceMs: 0, passedMs: 0, backSinceMs: null };
const MINUTE_MS = 60_000;

/** When messages come through, if one is tried every few seconds, as an agent in trouble does. */
function passing(look: Way["look"], untilMs: number): number[] {
  const passed: number[] = [];
  let way: Way = { ...START, look };
  for (let nowMs = 5_000; nowMs <= untilMs; nowMs += 5_000) {
    const tried = tryWay(way, nowMs);
    way = tried.way;
    if (tried.passes) passed.push(nowMs);
  }
  return passed;
}

function silences(times: readonly number[]): number[] {
  return times.slice(1).map((at, before) => at - (times[before] ?? 0));
}

describe("the way to the server", () => {
  test("that is open lets everything through, that is cut nothing", () => {
    expect(passing("open", MINUTE_MS)).toHaveLength(12);
    expect(passing("cut", MINUTE_MS)).toEqual([]);
  });

  test("through a slow proxy is late and never offline for ten minutes, then closed [F22]", () => {
    const times = passing("slow", 30 * MINUTE_MS);
    for (const silent of silences([0, ...times])) {
      expect(silent).toBeGreaterThan(LATE_AFTER_MS);
      expect(silent).toBeLessThan(OFFLINE_AFTER_MS);
    }
    expect(times.at(-1)).toBeLessThanOrEqual(10 * MINUTE_MS);
    expect(times.length).toBeGreaterThan(3);
  });

  test("that flaps is called flapping by the server within a quarter of an hour, and stays so [F28]", () => {
    let link: LinkState = { ...SILENT_LINK, lastSeenMs: 0 };
    let flappingAtMs: number | null = null;
    for (const atMs of passing("flapping", 60 * MINUTE_MS)) {
      link = hear(link, atMs, 0);
      if (isFlapping(link, atMs)) flappingAtMs ??= atMs;
    }
    expect(flappingAtMs).not.toBeNull();
    expect(flappingAtMs).toBeLessThan(15 * MINUTE_MS);
    expect(isFlapping(link, 60 * MINUTE_MS)).toBe(true);
  });
});
