import { expect, test } from "vitest";
import { fromFactToPixel } from "#tests/bench/pixels.ts";

test("a change that was overtaken counts from its own sending to the newer one on the screen", () => {
  const sent = [
    { place: 1, turn: 1, atMs: 1_000 },
    { place: 1, turn: 2, atMs: 1_400 },
    { place: 2, turn: 1, atMs: 1_000 },
  ];
  const seen = [
    { place: 1, turn: 2, atMs: 2_000 },
    { place: 1, turn: 3, atMs: 3_000 },
    { place: 3, turn: 1, atMs: 1_100 },
  ];
  expect(fromFactToPixel(sent, seen)).toEqual({ latencies: [1_000, 600], lost: 1 });
});
