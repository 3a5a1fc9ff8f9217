import { expect, test } from "vitest";
import { performancePage } from "#tests/bench/page.ts";
import type { Result } from "#tests/bench/results.ts";

const BENCHES = [
  { name: "first", about: "What comes first" },
  { name: "second", about: "What comes second" },
  { name: "third", about: "What comes third" },
];

function result(bench: string, about: string, commit: string, median: number): Result {
  const measured = { median, low: median, high: median, count: 1 };
  const figure = {
    id: bench,
    what: "Something",
    unit: "s" as const,
    measured,
    baseline: null,
    ratio: null,
    aim: null,
    limits: "",
  };
  return {
    bench,
    about,
    outcome: { kind: "measured", figures: [figure], notes: ["A note."] },
    effort: "usual",
    at: "2026-11-23T04:00:00.000Z",
    tookS: 12,
    commit,
    machine: { processor: "P", cores: 2, memoryGb: 24, system: "S", kernel: "6", node: "v20.0.0" },
    busy: 0,
  };
}

test("a section stays with its own commit until its bench is measured again, in the order of the benches", () => {
  const older = performancePage([result("second", "What comes second", "aaaa", 7)], BENCHES, "");
  expect(older).toContain("Never measured: first, third.");
  const newer = performancePage([result("first", "What comes first", "bbbb", 3)], BENCHES, older);
  expect(newer).toContain("Never measured: third.");
  expect(newer.indexOf("## What comes first")).toBeLessThan(newer.indexOf("## What comes second"));
  expect(newer).toMatch(/second` · 12 s · commit aaaa, 2026-11-23 04:00 UTC/);
  expect(newer).toMatch(/first` · 12 s · commit bbbb/);
  const again = performancePage([result("second", "What comes second", "cccc", 5)], BENCHES, newer);
  expect(again).not.toContain("aaaa");
  expect(again).toContain("| 5 s |");
  expect(again.match(/^## /gm)).toHaveLength(3);
});
