import { describe, expect, test } from "vitest";
import type { Interval } from "#server/scanner/view.ts";
import { findingGroups, phasesWithin } from "./axis-groups.ts";

const finding = (
  item: string,
  tone: Interval["tone"],
  openedMs: number,
  closedMs: number | null,
): Interval => ({
  openedMs,
  closedMs,
  label: item,
  tone,
  link: { kind: "item", itemId: item },
});

describe("findings on the axis", () => {
  test("of one class that overlap are one bar with their number; other classes and other times stay apart", () => {
    const groups = findingGroups([
      finding("d", "config", 5, 6),
      finding("a", "safety", 10, 20),
      finding("b", "safety", 15, null),
      finding("c", "safety", 1, 2),
      finding("a", "safety", 18, 19),
    ]);
    expect(groups.map(({ label, tone, openedMs, closedMs }) => [label, tone, openedMs, closedMs])).toEqual([
      ["c", "safety", 1, 2],
      [{ code: "findings", params: { count: 2 } }, "safety", 10, null],
      ["d", "config", 5, 6],
    ]);
  });

  test("a bar that is still open is never closed by a shorter one", () => {
    const [group] = findingGroups([finding("a", "function", 1, null), finding("b", "function", 2, 3)]);
    expect(group?.closedMs).toBeNull();
  });
});

describe("what a scanner told of a change stands in the bar of the release it led to", () => {
  const changes = [
    { openedMs: 0, closedMs: 40, state: "downloading" as const },
    { openedMs: 90, closedMs: 110, state: "probation" as const },
    { openedMs: 110, closedMs: 120, state: "probation" as const },
    { openedMs: 120, closedMs: null, state: "confirmed" as const },
  ];

  test("cut to the time it ran, one phase per state", () => {
    expect(phasesWithin({ openedMs: 100, closedMs: null }, changes)).toEqual([
      { state: "probation", openedMs: 100, closedMs: 120 },
      { state: "confirmed", openedMs: 120, closedMs: null },
    ]);
    expect(phasesWithin({ openedMs: 0, closedMs: 100 }, changes)).toEqual([
      { state: "probation", openedMs: 90, closedMs: 100 },
    ]);
  });

  test("where nothing was told nothing is claimed", () => {
    expect(phasesWithin({ openedMs: 0, closedMs: 80 }, changes)).toEqual([]);
    expect(phasesWithin({ openedMs: 0, closedMs: null }, [])).toEqual([]);
  });
});
