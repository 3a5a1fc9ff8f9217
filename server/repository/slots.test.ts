import { expect, test } from "vitest";
import { createSlots } from "./slots.ts";

test("one address does not take all there is, and what is given back can be taken again", () => {
  const slots = createSlots(3, 2);
  const [first, second] = [slots.take("a"), slots.take("a")];
  expect([first, second, slots.take("a")]).toEqual([expect.any(Function), expect.any(Function), null]);
  const other = slots.take("b");
  expect([other, slots.take("c")]).toEqual([expect.any(Function), null]);
  first?.();
  expect(slots.take("a")).not.toBeNull();
  expect(slots.take("b")).toBeNull();
  second?.();
  other?.();
  expect(slots.take("b")).not.toBeNull();
});
