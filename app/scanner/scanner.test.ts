import { describe, expect, test } from "vitest";
import type { Interval, Timeline } from "#server/scanner/view.ts";
import { bars, distance, freeRow, rowCount, type Scale, ticks, xOf } from "./axis-layout.ts";
import { deltaText, versionText } from "./diff-text.ts";
import { emphasise } from "./emphasise.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const scale: Scale = { fromMs: 0, toMs: 10 * MINUTE, left: 100, right: 1100 };

function interval(openedMs: number, closedMs: number | null): Interval {
  return { openedMs, closedMs, label: "x", tone: null, link: null };
}

function timeline(lanes: Partial<Timeline["lanes"]>): Timeline {
  return {
    fromMs: 0,
    toMs: HOUR,
    lanes: { releases: [], changes: [], boots: [], headlines: [], findings: [], people: [], ...lanes },
  };
}

describe("what differs is emphasised inside the value", () => {
  test.each([
    ["6.12.51", "6.12.54", "51", "54"],
    ["active (running)", "activating (auto-restart)", "active (running", "activating (auto-restart"],
    ["nixos-system-fm25-2026.09.4", "nixos-system-fm25-2026.10.2", "09.4", "10.2"],
    ["", "3.5.0", "", "3.5.0"],
  ])("%s and %s", (left, right, gone, come) => {
    const parts = emphasise(left, right);
    expect([parts.left.changed, parts.right.changed]).toEqual([gone, come]);
    expect(parts.left.before + parts.left.changed + parts.left.after).toBe(left);
    expect(parts.right.before + parts.right.changed + parts.right.after).toBe(right);
  });

  test("equal values have no changed part, and shared ends are never counted twice", () => {
    expect(emphasise("a", "a").right.changed).toBe("");
    expect(emphasise("1.1", "1.1.1").right.changed).toBe(".1");
  });
});

describe("the time axis", () => {
  test("an instant outside the range is drawn at its edge, never beside the lanes", () => {
    expect([xOf(-5, scale), xOf(5 * MINUTE, scale), xOf(11 * MINUTE, scale)]).toEqual([100, 600, 1100]);
  });

  test("ticks stand on round times of the zone", () => {
    const day: Scale = { ...scale, toMs: 24 * HOUR };
    expect(ticks(day, 250, () => 0)).toEqual([0, 6, 12, 18, 24].map((hour) => hour * HOUR).slice(0, 5));
    expect(ticks(day, 250, () => 5.75 * HOUR)[0]).toBe(6 * HOUR - 5.75 * HOUR);
  });

  test("a range of years still ends", () => {
    expect(ticks({ ...scale, toMs: 1500 * 24 * HOUR }, 90, () => 0).length).toBeLessThanOrEqual(12);
  });

  test("overlapping findings get rows of their own, what finds no place is counted", () => {
    const placed = bars([interval(0, null), interval(MINUTE, 2 * MINUTE), interval(MINUTE, null)], scale, 2);
    expect(placed.bars.map(({ row }) => row)).toEqual([0, 1]);
    expect(placed.hidden).toBe(1);
    expect(rowCount(placed.bars)).toBe(2);
    expect(rowCount([])).toBe(1);
  });

  test("a dimension line never crosses a bar", () => {
    const { bars: placed } = bars([interval(0, 2 * MINUTE), interval(4 * MINUTE, null)], scale, 4);
    expect(freeRow(placed, 320, 480)).toBe(0);
    expect(freeRow(placed, 150, 480)).toBe(1);
    expect(freeRow([], 0, 1)).toBe(0);
  });

  test("an interval before the range is left out, one that reaches into it is clipped, a short one stays visible", () => {
    const placed = bars(
      [interval(-9, -1), interval(-9, MINUTE), interval(2 * MINUTE, 2 * MINUTE + 1)],
      scale,
      3,
    );
    expect(placed.bars.map(({ x, width }) => [x, width])).toEqual([
      [100, 100],
      [300, 3],
    ]);
  });

  test("the dimension line runs from the activation before it to the first open finding", () => {
    const found = distance(
      timeline({
        releases: [interval(MINUTE, 10 * MINUTE), interval(10 * MINUTE, null)],
        boots: [interval(12 * MINUTE, null)],
        findings: [
          interval(9 * MINUTE, 9 * MINUTE + 5),
          interval(14 * MINUTE, null),
          interval(20 * MINUTE, null),
        ],
      }),
    );
    expect(found).toMatchObject({ causeMs: 10 * MINUTE, effectMs: 14 * MINUTE, lane: "releases" });
  });

  test("a system that was not seen is never named as what came before a finding", () => {
    const unseen = { ...interval(10 * MINUTE, null), tone: "unknown" } as const;
    const findings = [interval(14 * MINUTE, null)];
    expect(distance(timeline({ releases: [unseen], findings }))).toBeNull();
    const booted = distance(timeline({ releases: [unseen], boots: [interval(MINUTE, null)], findings }));
    expect(booted).toMatchObject({ causeMs: MINUTE, lane: "boots" });
  });

  test("without a change before it, a finding gets no cause", () => {
    expect(
      distance(timeline({ findings: [interval(MINUTE, null)], boots: [interval(2 * MINUTE, null)] })),
    ).toBeNull();
    expect(distance(timeline({ boots: [interval(2 * MINUTE, null)] }))).toBeNull();
  });
});

describe("what a package change adds is said with its sign", () => {
  test.each([
    [42_000_000, "+42 MB"],
    [-1_200_000, "−1.2 MB"],
    [0, "0 B"],
  ])("%i bytes is %s", (bytes, text) => expect(deltaText(bytes, "en")).toBe(text));

  test("several versions and unusual outputs are all named", () => {
    const versions = [
      { version: "3.4", outputs: ["out"], narSize: 1 },
      { version: "3.5", outputs: ["dev", "out"], narSize: 1 },
    ];
    expect(versionText(versions)).toBe("3.4, 3.5 (dev)");
  });
});
