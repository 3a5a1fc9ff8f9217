import { describe, expect, test } from "vitest";
import { observingSinceAfter, observingSinceAtStart } from "#core/headline/observation.ts";

describe("the server's attention", () => {
  const kept = { observingSinceMs: 1_000, lastAliveMs: 50_000 };

  test("goes on over a restart of seconds, and begins anew after an outage [V-02]", () => {
    expect(observingSinceAtStart(kept, 55_000)).toBe(1_000);
    expect(observingSinceAtStart(kept, 60_001)).toBe(60_001);
    expect(observingSinceAtStart(null, 70_000)).toBe(70_000);
  });

  test("begins anew where the clock stands before the last sign of life [V-09]", () => {
    expect(observingSinceAtStart(kept, 40_000)).toBe(40_000);
  });

  test("begins anew when no round could be finished for ten seconds [V-02]", () => {
    expect(observingSinceAfter(kept, 60_000)).toEqual({ observingSinceMs: 1_000, lastAliveMs: 60_000 });
    expect(observingSinceAfter(kept, 60_001)).toEqual({ observingSinceMs: 60_001, lastAliveMs: 60_001 });
  });
});
