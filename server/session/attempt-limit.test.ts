import { expect, test } from "vitest";
import { AttemptLimit } from "./attempt-limit.ts";

const limit = () => new AttemptLimit({ max: 3, windowMs: 1_000 });

test("the try after the last allowed one waits until the window ends [B-01]", () => {
  const tries = limit();
  expect([0, 0, 0].map(() => tries.take("a", 5_000))).toEqual([0, 0, 0]);
  expect(tries.take("a", 5_000)).toBe(1);
  expect(tries.take("a", 6_000)).toBe(0);
});

test("one account's tries never count for another", () => {
  const tries = limit();
  for (let n = 0; n < 9; n += 1) tries.take("a", 0);
  expect(tries.take("b", 0)).toBe(0);
});

test("a batch counts as its length [B-03]", () => {
  const tries = limit();
  expect(tries.take("a", 0, 4)).toBe(1);
});

test("a success forgives the slips before it", () => {
  const tries = limit();
  for (let n = 0; n < 3; n += 1) tries.take("a", 0);
  tries.forget("a");
  expect(tries.take("a", 0)).toBe(0);
});

test("a spray of invented accounts cannot fill the memory, nor free the account under attack early [B-01]", () => {
  const tries = limit();
  for (let n = 0; n < 60_000; n += 1) tries.take(`invented-${n}`, 0);
  for (let n = 0; n < 3; n += 1) tries.take("victim", 0);
  expect(tries.take("victim", 0)).toBe(1);
});
