import { describe, expect, test } from "vitest";
import { steadyClock } from "#server/ticker/steady-clock.ts";

describe("the steady clock", () => {
  test("does not jump with the wall clock, and says by how much it was set [V-09]", () => {
    let wall = 1_000_000;
    let monotonic = 0;
    const clock = steadyClock(
      () => wall,
      () => monotonic,
    );
    wall += 3_600_000;
    monotonic += 10;
    expect(clock.nowMs()).toBe(1_000_010);
    expect(clock.adopt()).toBe(3_599_990);
    expect(clock.nowMs()).toBe(4_600_000);
    wall += 1_010;
    monotonic += 1_000;
    expect(clock.adopt()).toBe(0);
    expect(clock.nowMs()).toBe(4_601_010);
  });
});
