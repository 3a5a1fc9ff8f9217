import { expect, test } from "vitest";
import { type FetchPlan, isUnderWay, nextFetch } from "#agent/link/fetch-plan.ts";
import { CHANGES } from "#core/headline/axes.ts";

const MINUTE_MS = 60_000;
const rested: FetchPlan = {
  nowMs: 1_000_000,
  endedMs: 1_000_000,
  asked: false,
  failures: 0,
  underWay: false,
  scanning: false,
  random: 0.5,
};
const waits = (change: Partial<FetchPlan>) => {
  const next = nextFetch({ ...rested, ...change });
  return next.run ? 0 : next.waitMs;
};

test("at the start at once, then every quarter of an hour, a tenth more or less [SIG-4]", () => {
  expect(waits({ endedMs: null })).toBe(0);
  expect(waits({})).toBe(15 * MINUTE_MS);
  expect(waits({ random: 0 })).toBe(13.5 * MINUTE_MS);
  expect(waits({ endedMs: 1_000_000 - 15 * MINUTE_MS })).toBe(0);
});

test("soon when the server has something new, but however often it says so not more than every 5 s", () => {
  expect(waits({ asked: true })).toBe(5_000);
  expect(waits({ asked: true, endedMs: 995_000 })).toBe(0);
});

test("every 15 s while a change is under way, and after a minute when it could not be had", () => {
  expect(waits({ underWay: true })).toBe(15_000);
  expect(waits({ failures: 1 })).toBe(MINUTE_MS);
  expect(waits({ failures: 1, asked: true })).toBe(MINUTE_MS);
  expect(waits({ failures: 1, underWay: true })).toBe(15_000);
});

test("ever more seldom where there is nothing to be had, up to every quarter of an hour", () => {
  const pauses = [1, 2, 3, 4, 5, 50].map((failures) => waits({ failures }) / MINUTE_MS);
  expect(pauses).toEqual([1, 2, 4, 8, 15, 15]);
});

test("never during a scan, whatever is asked [SEE-17]", () => {
  for (const asked of [true, false])
    for (const underWay of [true, false])
      expect(waits({ scanning: true, endedMs: null, asked, underWay })).toBe(5_000);
});

test("a change is under way from its offer until it is confirmed, undone or given up", () => {
  expect(CHANGES.filter((state) => !isUnderWay(state))).toEqual([
    "none",
    "refused",
    "confirmed",
    "rolled-back",
    "rollback-failed",
    "cancelled",
    "expired",
    "unknown",
  ]);
});
