import { describe, expect, test } from "vitest";
import { aimMet, aimText, alone, atLeast, atMost, compared, number, spread } from "#tests/bench/figure.ts";
import { spreadOf } from "#tests/bench/statistics.ts";

const about = { id: "x.y", what: "Something", unit: "ms", limits: "nothing" } as const;

describe("figures", () => {
  test("an aim is judged by the median of what it is about", () => {
    expect(aimMet(alone({ ...about, aim: atMost("measured", 5) }, [1, 5, 90]))).toBe(true);
    expect(aimMet(alone({ ...about, aim: atMost("measured", 4) }, [1, 5, 90]))).toBe(false);
    const halves = compared({ ...about, aim: atLeast("ratio", 0.5) }, [50, 49, 10], {
      what: "bare",
      samples: [100, 98, 20],
    });
    expect(halves.ratio?.median).toBe(0.5);
    expect(aimMet(halves)).toBe(true);
    expect(aimText(halves)).toBe("≥ 0.50 of the baseline");
    expect(aimMet(alone(about, [1]))).toBeNull();
  });

  test("rounds without their partner make no ratio", () => {
    expect(() => compared(about, [1, 2], { what: "bare", samples: [1] })).toThrow();
  });

  test("numbers show what can be trusted of them", () => {
    expect([12_345.6, 123.45, 12.345, 1.2345, 0.01234, 7].map(number)).toEqual([
      "12,346",
      "123",
      "12.3",
      "1.23",
      "0.012",
      "7",
    ]);
    expect(spread(spreadOf([3, 1, 2]), "ms")).toBe("2 ms (1–3)");
    expect(spread(spreadOf([2]), "/s")).toBe("2/s");
  });
});
