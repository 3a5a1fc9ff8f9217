import { describe, expect, test } from "vitest";
import { AXIS_RANGES, axisAddress, axisViewIn, keyed, panned, zoomed } from "./axis-range.ts";

const NOW = Date.parse("2026-11-12T13:07:12Z");

describe("where the time axis stands is in the page's address", () => {
  test("and is read back as it was written, to the second", () => {
    const view = { range: "d7", endMs: Date.parse("2026-11-01T00:00:00Z") } as const;
    const { range, until } = axisAddress(view);
    expect(axisViewIn(range, until)).toEqual(view);
    expect(axisAddress({ range: "h1", endMs: null })).toEqual({ range: null, until: null });
  });

  test("what is no range and no time there is the usual hour up to now", () => {
    expect(axisViewIn("year", "soon")).toEqual({ range: "h1", endMs: null });
    expect(axisViewIn(null, null)).toEqual({ range: "h1", endMs: null });
  });
});

describe("moving it", () => {
  test("goes back by a quarter, and forward to now and no further", () => {
    const back = panned({ range: "h1", endMs: null }, -1, NOW);
    expect(back.endMs).toBe(NOW - AXIS_RANGES.h1 / 4);
    expect(panned(back, 1, NOW).endMs).toBeNull();
  });

  test("zooms about the middle between a quarter of an hour and fourteen months", () => {
    const middle = NOW - AXIS_RANGES.d7;
    const view = { range: "h24", endMs: middle + AXIS_RANGES.h24 / 2 } as const;
    const nearer = zoomed(view, "in", NOW);
    expect(nearer).toEqual({ range: "h6", endMs: middle + AXIS_RANGES.h6 / 2 });
    expect(zoomed({ range: "m15", endMs: null }, "in", NOW).range).toBe("m15");
    expect(zoomed({ range: "m14", endMs: null }, "out", NOW).range).toBe("m14");
    expect(zoomed({ range: "h1", endMs: null }, "out", NOW)).toEqual({ range: "h6", endMs: null });
    expect(zoomed({ range: "h1", endMs: NOW - 1 }, "out", NOW).endMs).toBeNull();
  });

  test("by keyboard does the same, and leaves every other key alone", () => {
    const view = { range: "h1", endMs: null } as const;
    expect(keyed("ArrowLeft", view, NOW)).toEqual(panned(view, -1, NOW));
    expect(keyed("+", view, NOW)?.range).toBe("m15");
    expect(keyed("-", view, NOW)?.range).toBe("h6");
    expect(keyed("End", { range: "h1", endMs: 5 }, NOW)).toEqual(view);
    expect(keyed("Tab", view, NOW)).toBeNull();
  });
});
