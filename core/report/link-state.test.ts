import { describe, expect, test } from "vitest";
import {
  absenceOf,
  carriedSkewMs,
  hear,
  isFlapping,
  leaveOffline,
  reportSkewMs,
  SILENT_LINK,
  shiftLink,
  skewProblem,
} from "#core/report/link-state.ts";

const AT = 1_000_000_000;
const heard = { ...SILENT_LINK, lastSeenMs: AT };

describe("a report that came by hand [OFF-2]", () => {
  test("is not taken for one of a clock that is days behind", () => {
    expect(carriedSkewMs({ ...heard, bootId: "a", skewMs: 7_000 }, { bootId: "a" })).toBe(7_000);
    expect(carriedSkewMs({ ...heard, bootId: "a", skewMs: 7_000 }, { bootId: "b" })).toBe(0);
  });
});

describe("a link", () => {
  test("that was offline takes two messages to leave it [F28]", () => {
    const first = hear(heard, AT + 180_001, 0);
    expect(absenceOf(first)).toBe("returning");
    expect(absenceOf(hear(first, AT + 190_000, 0))).toBe("none");
  });

  test("that was silent for less stays as it is", () => {
    expect(absenceOf(hear(heard, AT + 180_000, 0))).toBe("none");
  });

  test("was not silent while the server was not listening [V-02]", () => {
    expect(absenceOf(hear(heard, AT + 3_600_000, AT + 3_590_000))).toBe("none");
  });

  test("that returns three times within an hour is flapping, and an hour later it is not [F28]", () => {
    let link = heard;
    for (let turn = 1; turn <= 3; turn += 1) link = hear(link, AT + turn * 200_000, 0);
    expect(isFlapping(link, AT + 700_000)).toBe(true);
    expect(isFlapping(link, AT + 200_000 + 3_600_001)).toBe(false);
  });

  test("that was offline is offline for a server that begins to listen anew, and its return counts [V-02, F28]", () => {
    const before = { lastAliveMs: AT + 180_001, observingSinceMs: 0 };
    const left = leaveOffline(heard, before);
    expect(absenceOf(left)).toBe("silent");
    const anewMs = AT + 3_600_000;
    const first = hear(left, anewMs + 1_000, anewMs);
    expect([absenceOf(first), first.reconnects]).toEqual(["returning", 1]);
    expect(absenceOf(hear(first, anewMs + 16_000, anewMs))).toBe("none");
  });

  test("that was heard, or never, or while the server had just begun, is not held to be offline [V-02]", () => {
    const before = { lastAliveMs: AT + 180_000, observingSinceMs: 0 };
    expect(leaveOffline(heard, before)).toBe(heard);
    expect(leaveOffline(SILENT_LINK, before)).toBe(SILENT_LINK);
    const begun = { lastAliveMs: AT + 3_600_000, observingSinceMs: AT + 3_500_000 };
    expect(leaveOffline(heard, begun)).toBe(heard);
  });

  test("measured live tells delay and a wrong clock apart [V-08]", () => {
    const report = { bootId: "b", sentAtMs: AT - 3_600_000 };
    expect(reportSkewMs(SILENT_LINK, report, AT)).toBe(-3_600_000);
    expect(reportSkewMs({ ...heard, bootId: "b", skewMs: 12 }, report, AT)).toBe(12);
    expect(skewProblem(300_000)).toBeNull();
    expect(skewProblem(-300_001)?.code).toBe("clock-skew");
  });

  test("heard for the first time is simply there", () => {
    expect(hear(SILENT_LINK, AT, 0)).toEqual(heard);
  });

  test("that returns once an hour never flaps [F28]", () => {
    let link = heard;
    for (let turn = 1; turn <= 5; turn += 1) link = hear(link, AT + turn * 3_700_000, 0);
    expect(isFlapping(link, AT + 5 * 3_700_000)).toBe(false);
    expect(isFlapping(SILENT_LINK, AT)).toBe(false);
  });

  test("keeps its silence when the clock is set [V-09]", () => {
    const returned = hear(heard, AT + 200_000, 0);
    expect(shiftLink(returned, 5_000)).toEqual({
      ...returned,
      lastSeenMs: AT + 205_000,
      reconnectsSinceMs: AT + 205_000,
    });
    expect(shiftLink(SILENT_LINK, 5_000)).toEqual(SILENT_LINK);
  });
});
