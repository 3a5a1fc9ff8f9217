import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  backOffMs,
  jitteredMs,
  nextLookMs,
  nextMessage,
  reportReason,
  type Talk,
  waitAfterMs,
} from "#agent/link/schedule.ts";
import { RETRY_CAP_MS } from "#core/protocol/timing.ts";

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("a back-off is between a quarter second and the cap, and its ceiling doubles with every failure (V-10)", async () => {
  await fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), chance, (failures, random) => {
      const ms = backOffMs(failures, random);
      expect(ms).toBeGreaterThanOrEqual(250);
      expect(ms).toBeLessThanOrEqual(RETRY_CAP_MS);
    }),
  );
  expect([1, 2, 3, 7, 8, 50].map((failures) => backOffMs(failures, 0.999999))).toEqual([
    999, 1999, 3999, 63999, 119999, 119999,
  ]);
  expect(backOffMs(50, 0)).toBe(250);
});

test("a jittered interval stays within a tenth", async () => {
  await fc.assert(fc.property(chance, (random) => Math.abs(jitteredMs(15_000, random) - 15_000) <= 1_500));
});

const look = { digest: "b", reportedDigest: "a", sinceReportMs: 0, asked: false };
test("the first look and every change are reported, an unchanged host only when asked or after 15 minutes [SEE-14]", () => {
  expect(reportReason({ ...look, reportedDigest: null })).toBe("start");
  expect(reportReason(look)).toBe("change");
  const same = { ...look, digest: "a" };
  expect(reportReason(same)).toBeNull();
  expect(reportReason({ ...same, asked: true })).toBe("asked");
  expect(reportReason({ ...same, sinceReportMs: 15 * 60_000 - 1 })).toBeNull();
  expect(reportReason({ ...same, sinceReportMs: 15 * 60_000 })).toBe("full");
});

test("a change is looked at within a second of the last look, otherwise the periodic look comes after about 15 s [SEE-14]", () => {
  expect(nextLookMs(1_000, true, 0.5)).toBe(2_000);
  expect(nextLookMs(1_000, false, 0.5)).toBe(16_000);
});

const idle: Talk = {
  nowMs: 100,
  notBeforeMs: 0,
  nextBeatMs: 200,
  held: false,
  reports: 0,
  closures: 0,
  scanning: false,
};
test("reports go before heartbeats, heartbeats before path lists, and nothing before its time", () => {
  expect(nextMessage(idle)).toEqual({ waitMs: 100 });
  expect(nextMessage({ ...idle, reports: 1, closures: 1, nextBeatMs: 0 })).toEqual({ send: "report" });
  expect(nextMessage({ ...idle, closures: 1, nextBeatMs: 0 })).toEqual({ send: "heartbeat" });
  expect(nextMessage({ ...idle, closures: 1 })).toEqual({ send: "closure" });
  expect(nextMessage({ ...idle, reports: 1, notBeforeMs: 150 })).toEqual({ waitMs: 50 });
});

test("while people have to decide, only heartbeats ask [ADM-4]", () => {
  expect(nextMessage({ ...idle, held: true, reports: 5 })).toEqual({ send: "heartbeat" });
});

test("nothing big is sent while scanning [SEE-17]", () => {
  expect(nextMessage({ ...idle, closures: 1, scanning: true })).toEqual({ waitMs: 100 });
  expect(nextMessage({ ...idle, reports: 1, scanning: true })).toEqual({ send: "report" });
});

test("a signed Retry-After is honoured up to 15 minutes, an unsigned one up to the back-off's cap", () => {
  const refused = { kind: "refused", meaning: "retry", said: "report" } as const;
  expect(waitAfterMs(refused, 1, 600_000, 0)).toBe(600_000);
  expect(waitAfterMs(refused, 1, 86_400_000, 0)).toBe(900_000);
  expect(waitAfterMs({ kind: "trouble" }, 1, 86_400_000, 0)).toBe(RETRY_CAP_MS);
  expect(waitAfterMs({ kind: "trouble" }, 1, null, 0)).toBe(250);
});
