import { describe, expect, test } from "vitest";
import { LATE_AFTER_MS, OFFLINE_AFTER_MS, SAFETY_MISSING_MS } from "#core/protocol/timing.ts";
import { finding, NOW_MS, situation } from "./example-situation.ts";
import { nextChangeMs } from "./next-change.ts";
import type { Situation } from "./situation.ts";

const heard = NOW_MS - 5_000;
const missing = finding({ class: "safety", problem: "unknown", actual: null, sinceMs: NOW_MS - 1_000 });
const activating = { value: "activating", sinceMs: NOW_MS - 1_000, energised: null } as const;

describe("the soonest moment at which a headline may change by time alone [SEE-14]", () => {
  test.each<[string, Partial<Situation>, number | null]>([
    ["a scanner that is heard may become late", {}, heard + LATE_AFTER_MS],
    [
      "one that is late may be offline",
      { lastSeenMs: NOW_MS - LATE_AFTER_MS - 1 },
      NOW_MS - LATE_AFTER_MS - 1 + OFFLINE_AFTER_MS,
    ],
    ["a change has its budget", { change: { ...activating, budgetMs: 2_000 } }, NOW_MS + 1_000],
    [
      "a change without one waits for the silence first",
      { change: { ...activating, budgetMs: null } },
      heard + LATE_AFTER_MS,
    ],
    ["safety that is not seen is unsafe soon", { findings: [missing] }, NOW_MS - 1_000 + SAFETY_MISSING_MS],
    ["a release becomes due", { dueMs: NOW_MS + 10 }, NOW_MS + 10],
    ["a mark ends", { service: "maintenance", serviceUntilMs: NOW_MS + 20 }, NOW_MS + 20],
    ["a silence that is told changes nothing more", { lastSeenMs: NOW_MS - OFFLINE_AFTER_MS - 1 }, null],
  ])("%s", (_what, change, limitMs) => {
    expect(nextChangeMs(situation(change))).toBe(limitMs === null ? null : limitMs + 1);
  });
});
