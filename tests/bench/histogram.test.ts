import { expect, test } from "vitest";
import { joined, percentileOf } from "#tests/bench/histogram.ts";

test("a percentile is a value that occurred, and no smaller one would do", () => {
  const late = [
    [1, 98],
    [5, 1],
    [900, 1],
  ] as const;
  expect(percentileOf(late, 0.5)).toBe(1);
  expect(percentileOf(late, 0.98)).toBe(1);
  expect(percentileOf(late, 0.99)).toBe(5);
  expect(percentileOf(late, 1)).toBe(900);
  expect(() => percentileOf([], 0.5)).toThrow(RangeError);
});

test("joined histograms count everything once", () => {
  const one = [[1, 2]] as const;
  expect(
    joined([
      one,
      [
        [0, 1],
        [1, 3],
      ],
    ]),
  ).toEqual([
    [0, 1],
    [1, 5],
  ]);
});
