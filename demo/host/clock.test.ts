import { afterEach, expect, test, vi } from "vitest";
import { SteadyClock } from "#demo/host/clock.ts";
import { SafetyRounds } from "#demo/host/safety-daemon.ts";
import { wanderedAt } from "#demo/host/wander.ts";

afterEach(() => vi.useRealTimers());

test("a process that was held up for a minute did not hold up its hosts", () => {
  let realMs = 0;
  const clock = new SteadyClock(
    () => 1_000_000 + realMs,
    () => realMs,
  );
  realMs = 300;
  clock.tick();
  expect(clock.steadyMs()).toBe(1_000_300);
  realMs = 60_300;
  expect(clock.steadyMs()).toBe(1_000_800);
  clock.tick();
  realMs = 60_400;
  expect(clock.steadyMs()).toBe(1_000_900);
  expect(clock.nowMs()).toBe(1_060_400);
});

test("every safety daemon speaks once in each second of its hosts' clock, however late the timer is [SEE-11]", () => {
  vi.useFakeTimers();
  let steadyMs = 0;
  const rounds = new SafetyRounds({ steadyMs: () => steadyMs });
  const spoken = Array.from({ length: 50 }, () => 0);
  for (const at of spoken.keys())
    rounds.join({ beat: () => (spoken[at] = (spoken[at] ?? 0) + 1) } as unknown as Parameters<
      typeof rounds.join
    >[0]);
  // Ten seconds pass, told in steps that are ten times too long.
  for (let step = 0; step < 20; step += 1) {
    steadyMs += 500;
    vi.advanceTimersByTime(50);
  }
  rounds.stop();
  expect(spoken).toEqual(spoken.map(() => 10));
});

test("a wandering value stays in its range, moves in steps and is the same on every machine", () => {
  const wander = { middle: 18, spread: 0.8, decimals: 1 };
  const day = Array.from({ length: 24 * 60 }, (_, minute) =>
    wanderedAt(wander, "FM25-0137 x y", minute * 60_000),
  );
  expect(Math.min(...day)).toBeGreaterThanOrEqual(17.2);
  expect(Math.max(...day)).toBeLessThanOrEqual(18.8);
  expect(new Set(day).size).toBeGreaterThan(5);
  const moves = day.filter((value, at) => at > 0 && value !== day[at - 1]).length;
  expect(moves).toBeLessThanOrEqual((24 * 60) / 8);
  expect(day.slice(0, 3)).toEqual(
    [0, 1, 2].map((minute) => wanderedAt(wander, "FM25-0137 x y", minute * 60_000)),
  );
});
