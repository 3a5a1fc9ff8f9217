import { describe, expect, test } from "vitest";
import { hearingOf } from "./heard.ts";

const NOW = 10_000_000;
const row = (state: Parameters<typeof hearingOf>[0]["state"], agoMs: number | null, ended = false) => ({
  state,
  endedAtMs: ended ? NOW : null,
  lastHeardMs: agoMs === null ? null : NOW - agoMs,
});

describe("what is shown of a change is the present only while its scanner is heard [SEE-14, E-13]", () => {
  test.each([
    ["activating", 170_000, "heard"],
    ["downloading", 190_000, "silent"],
    ["staged", null, "silent"],
    ["armed", 190_000, "unknown"],
    ["rolling-back", null, "unknown"],
  ] as const)("%s, heard %s ms ago: %s", (state, agoMs, hearing) => {
    expect(hearingOf(row(state, agoMs), NOW)).toBe(hearing);
  });

  test("one that has ended is told of by the report that ended it", () => {
    expect(hearingOf(row("confirmed", 9_000_000, true), NOW)).toBe("heard");
  });
});
