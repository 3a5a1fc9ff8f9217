import { expect, test } from "vitest";
import { serviceAt, serviceEndsMs } from "./service.ts";

test("a maintenance mark with an end holds up to it and not past it", () => {
  const mark = { service: "maintenance", serviceUntilMs: 1_000 } as const;
  expect([999, 1_000, 1_001].map((nowMs) => serviceAt(mark, nowMs))).toEqual([
    "maintenance",
    "maintenance",
    "in-service",
  ]);
  expect([999, 1_001].map((nowMs) => serviceEndsMs(mark, nowMs))).toEqual([1_000, null]);
});

test("a mark without an end, out of service and retired last until a person says otherwise", () => {
  const late = 9_000_000_000_000;
  expect(serviceAt({ service: "maintenance" }, late)).toBe("maintenance");
  expect(serviceAt({ service: "out-of-service", serviceUntilMs: 1 }, late)).toBe("out-of-service");
  expect(serviceAt({ service: "retired", serviceUntilMs: 1 }, late)).toBe("retired");
  expect(serviceEndsMs({ service: "out-of-service", serviceUntilMs: 1 }, 0)).toBeNull();
});
