import { expect, test } from "vitest";
import { byName } from "#core/manifest/lookup.ts";

test("walks a list once, however often something is looked up in it", () => {
  let walked = 0;
  const find = byName<{ name: string }>(({ name }) => {
    walked += 1;
    return name;
  });
  const list = [{ name: "a" }, { name: "b" }];
  expect([find(list, "a"), find(list, "b"), find(list, "constructor")]).toEqual([
    list[0],
    list[1],
    undefined,
  ]);
  expect(walked).toBe(2);
});

test("keeps every list apart, and the first of two entries with one name", () => {
  const find = byName<{ name: string; at: number }>(({ name }) => name);
  const twice = [
    { name: "a", at: 1 },
    { name: "a", at: 2 },
  ];
  expect(find(twice, "a")).toBe(twice[0]);
  expect(find([], "a")).toBeUndefined();
});
