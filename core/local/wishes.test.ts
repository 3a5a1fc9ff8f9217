import { expect, test } from "vitest";
import { choose, isPostponed, isWithdrawn } from "./wishes.ts";

const at = (hour: number, nowMs = 1_000_000_000) => ({ nowMs, localMinute: hour * 60 });
const HOUR_MS = 3_600_000;

test("now is now, tonight is at night, not today is until midnight [LOC-1]", () => {
  expect(isPostponed(choose("c", "now", at(9)), "c", at(9))).toBe(false);
  const tonight = choose("c", "tonight", at(9));
  for (const [hour, postponed] of [
    [9, true],
    [21, true],
    [22, false],
    [2, false],
    [5, true],
  ] as const)
    expect(isPostponed(tonight, "c", at(hour)), `${hour} o'clock`).toBe(postponed);
  const notToday = choose("c", "not-today", at(9));
  expect(isPostponed(notToday, "c", at(23, 1_000_000_000 + 14 * HOUR_MS))).toBe(true);
  expect(isPostponed(notToday, "c", at(0, 1_000_000_000 + 15 * HOUR_MS))).toBe(false);
  expect(isPostponed({ ...notToday, untilMs: null }, "c", at(9))).toBe(false);
});

test("a choice is for one change, and not today takes consent back", () => {
  const notToday = choose("c", "not-today", at(9));
  expect(isPostponed(notToday, "d", at(9))).toBe(false);
  expect(isPostponed(null, "c", at(9))).toBe(false);
  expect([isWithdrawn(notToday, "c"), isWithdrawn(notToday, "d"), isWithdrawn(null, "c")]).toEqual([
    true,
    false,
    false,
  ]);
  expect(isWithdrawn(choose("c", "now", at(9)), "c")).toBe(false);
});
