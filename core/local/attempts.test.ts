import { expect, test } from "vitest";
import { counted, NO_ATTEMPTS, waitMs } from "./attempts.ts";

test("three guesses are free, each further one waits twice as long, a quarter of an hour at most [LOC-1]", () => {
  const waits: number[] = [];
  let attempts = NO_ATTEMPTS;
  for (let tries = 0; tries < 12; tries += 1) {
    waits.push(waitMs(attempts, attempts.lastAtMs) / 1000);
    attempts = counted(attempts, 1_000);
  }
  expect(waits).toEqual([0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
  expect(waitMs({ failures: 1_000_000, lastAtMs: 0 }, 0)).toBe(900_000);
});

test("time makes the wait shorter, a clock that is set back does not", () => {
  const attempts = { failures: 3, lastAtMs: 100_000 };
  expect(waitMs(attempts, 110_000)).toBe(20_000);
  expect(waitMs(attempts, 130_000)).toBe(0);
  expect(waitMs(attempts, 0)).toBe(30_000);
});
