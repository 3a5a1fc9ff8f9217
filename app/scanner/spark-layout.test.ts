import { describe, expect, test } from "vitest";
import { limitsOf, sparkOf } from "./spark-layout.ts";

const STEP = 300_000;
const series = { fromMs: 0, toMs: 100 * STEP, stepMs: STEP };
const box = { width: 100, height: 20 };
const point = (step: number, last: number, min = last, max = last) => ({ atMs: step * STEP, min, max, last });

describe("readings beside their limit [EXP-9]", () => {
  test("limits of a range and of a number; words and ages have none", () => {
    expect(limitsOf({ op: "range", want: { min: 16, max: 20 } })).toEqual({ min: 16, max: 20 });
    expect(limitsOf({ op: "eq", want: 11 })).toEqual({ min: 11, max: 11 });
    expect(limitsOf({ op: "range", want: { min: null, max: null } })).toBeNull();
    expect(limitsOf({ op: "eq", want: "11" })).toBeNull();
    expect(limitsOf({ op: "maxAge", want: 11 })).toBeNull();
  });

  test("the limit is always inside the drawing, and a last value beyond it is marked", () => {
    const spark = sparkOf(series, [point(0, 18), point(1, 25)], { min: 16, max: 20 }, box);
    expect(spark).toMatchObject({ min: 18, max: 25, last: 25, end: { x: 1, y: 1, out: true } });
    expect(spark?.limits).toHaveLength(2);
    expect(spark?.limits.every((y) => y >= 0 && y <= box.height)).toBe(true);
    expect(sparkOf(series, [point(0, 18), point(1, 19)], { min: 16, max: 20 }, box)?.end.out).toBe(false);
  });

  test("a time without readings is a gap, never joined", () => {
    const spark = sparkOf(series, [point(0, 1), point(1, 2), point(50, 3), point(51, 4)], null, box);
    expect(spark?.lines).toHaveLength(2);
    expect(sparkOf(series, [point(0, 1), point(5, 2)], null, box)?.lines).toHaveLength(1);
  });

  test("one reading is no line, and a value that never moves lies in the middle", () => {
    expect(sparkOf(series, [point(0, 1)], null, box)).toBeNull();
    expect(sparkOf(series, [], null, box)).toBeNull();
    expect(sparkOf(series, [point(0, 1), point(1, 1)], null, box)?.end.y).toBe(10);
  });

  test("the band reaches from the lowest to the highest of each five minutes", () => {
    const spark = sparkOf(series, [point(0, 5, 0, 10), point(1, 5, 0, 10)], null, box);
    expect(spark?.bands).toEqual(["M0 1L1 1L1 19L0 19Z"]);
  });
});
