import { describe, expect, test } from "vitest";
import {
  hear,
  isFlapping,
  isLeavingOffline,
  reportSkewMs,
  SILENT_LINK,
  skewProblem,
} from "#server/report/link-state.ts";

const AT = 1_000_000_000;
const heard = { ...SILENT_LINK, lastSeenMs: AT };

describe("a link", () => {
  test("that was offline takes two messages to leave it [F28]", () => {
    const first = hear(heard, AT + 180_001, 0);
    expect(isLeavingOffline(first)).toBe(true);
    expect(isLeavingOffline(hear(first, AT + 190_000, 0))).toBe(false);
  });

  test("that was silent for less stays as it is", () => {
    expect(isLeavingOffline(hear(heard, AT + 180_000, 0))).toBe(false);
  });

  test("was not silent while the server was not listening [V-02]", () => {
    expect(isLeavingOffline(hear(heard, AT + 3_600_000, AT + 3_590_000))).toBe(false);
  });

  test("that returns three times within an hour is flapping, and an hour later it is not [F28]", () => {
    let link = heard;
    for (let turn = 1; turn <= 3; turn += 1) link = hear(link, AT + turn * 200_000, 0);
    expect(isFlapping(link, AT + 700_000)).toBe(true);
    expect(isFlapping(link, AT + 200_000 + 3_600_001)).toBe(false);
  });

  test("measured live tells delay and a wrong clock apart [V-08]", () => {
    const report = { bootId: "b", sentAtMs: AT - 3_600_000 };
    expect(reportSkewMs(SILENT_LINK, report, AT)).toBe(-3_600_000);
    expect(reportSkewMs({ ...heard, bootId: "b", skewMs: 12 }, report, AT)).toBe(12);
    expect(skewProblem(300_000)).toBeNull();
    expect(skewProblem(-300_001)?.code).toBe("clock-skew");
  });
});
