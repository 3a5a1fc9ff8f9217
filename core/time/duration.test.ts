import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesText, durationText, numberText, percentText, relativeText } from "./duration.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("durations as people say them", () => {
  test.each([
    [0, "0 ms"],
    [450, "450 ms"],
    [SECOND, "1 s"],
    [40_999, "40 s"],
    [119_999, "119 s"],
    [2 * MINUTE, "2 min"],
    [6 * MINUTE + 59_999, "6 min"],
    [119 * MINUTE, "119 min"],
    [2 * HOUR, "2 h"],
    [47 * HOUR, "47 h"],
    [9 * DAY, "9 days"],
    [-9 * DAY, "9 days"],
    [1_234 * DAY, "1,234 days"],
  ])("%i ms is %s", (ms, said) => {
    expect(durationText("en", ms)).toBe(said);
  });

  test("in German too, with the dative after a preposition", () => {
    expect(durationText("de", 9 * DAY)).toBe("9 Tage");
    expect(relativeText("de", { atMs: 0, nowMs: 9 * DAY })).toBe("vor 9 Tagen");
    expect(relativeText("de", { atMs: 3 * MINUTE, nowMs: 0 })).toBe("in 3 min");
    expect(relativeText("de", { atMs: 0, nowMs: 0 })).toBe("jetzt");
  });

  test("never more than was elapsed", () => {
    const sizes = { s: SECOND, min: MINUTE, h: HOUR, days: DAY } as Record<string, number>;
    fc.assert(
      fc.property(fc.integer({ min: SECOND, max: 1000 * DAY }), (ms) => {
        const [count = "", unit = ""] = durationText("en", ms).replace(",", "").split(" ");
        const said = Number(count) * (sizes[unit] ?? 0);
        expect(said).toBeLessThanOrEqual(ms);
        expect(said).toBeGreaterThan(ms / 2);
      }),
    );
  });
});

test("relative times point the right way", () => {
  expect(relativeText("en", { atMs: 0, nowMs: 6 * MINUTE })).toBe("6 min ago");
  expect(relativeText("en", { atMs: 6 * MINUTE, nowMs: 0 })).toBe("in 6 min");
  expect(relativeText("en", { atMs: 0, nowMs: 999 })).toBe("now");
});

test.each([
  [0, "0 B"],
  [950, "950 B"],
  [1_000, "1 kB"],
  [1_250, "1.3 kB"],
  [99_949, "99.9 kB"],
  [450_000, "450 kB"],
  [1_200_000_000, "1.2 GB"],
  [5e18, "5,000 PB"],
])("%d bytes are %s", (bytes, said) => {
  expect(bytesText("en", bytes)).toBe(said);
});

test("numbers are written as the reader writes them", () => {
  expect(bytesText("de", 1_200_000)).toBe("1,2 MB");
  expect(percentText("en", 34)).toBe("34 %");
  expect(percentText("de", 33.33)).toBe("33,3 %");
  expect(numberText("de", 12_345)).toBe("12.345");
});
