import { describe, expect, test } from "vitest";
import { linearFit, quantile, ratioOf, spreadOf } from "#tests/bench/statistics.ts";

describe("statistics of the bench", () => {
  test("the median of an even number of samples lies between the two in the middle, in whatever order they came", () => {
    expect(spreadOf([9, 1, 4, 2])).toEqual({ median: 3, low: 1, high: 9, count: 4 });
    expect(spreadOf([5])).toEqual({ median: 5, low: 5, high: 5, count: 1 });
  });

  test("samples are not reordered under their owner's hands", () => {
    const samples = [3, 1, 2];
    spreadOf(samples);
    expect(samples).toEqual([3, 1, 2]);
  });

  test("numbers are sorted as numbers, not as words", () => {
    expect(quantile([100, 20, 3], 0.5)).toBe(20);
  });

  test("a quantile interpolates between neighbours", () => {
    const hundred = Array.from({ length: 101 }, (_, index) => index);
    expect(quantile(hundred, 0.95)).toBe(95);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([0, 10], 1)).toBe(10);
  });

  test("nothing measured is an error and never a zero", () => {
    expect(() => spreadOf([])).toThrow(RangeError);
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
  });

  test("a ratio is taken inside each pair, so a machine that slows between pairs does not move it", () => {
    const quiet = { measured: 50, baseline: 100 };
    const busy = { measured: 5, baseline: 10 };
    expect(ratioOf([quiet, busy, quiet])).toEqual({ median: 0.5, low: 0.5, high: 0.5, count: 3 });
  });

  test("a line through points is found again, and a flat one has no slope", () => {
    expect(linearFit([0, 1, 2, 3].map((x) => ({ x, y: 2 * x + 1 })))).toEqual({ slope: 2, intercept: 1 });
    expect(linearFit([0, 1, 2].map((x) => ({ x, y: 7 }))).slope).toBe(0);
    expect(() => linearFit([{ x: 1, y: 1 }])).toThrow(RangeError);
  });
});
