import { expect, test } from "vitest";
import { NOTHING, ticked, tickedAll, tickedTo } from "./selection.ts";

const ORDER = ["a", "b", "c", "d"];
const ids = ({ ids: held }: { ids: ReadonlySet<string> }) => [...held].sort();

test("a tick is switched on and off, whatever place the row has", () => {
  const one = ticked(NOTHING, "b");
  expect(ids(one)).toEqual(["b"]);
  expect(ids(ticked(one, "b"))).toEqual([]);
});

test("a range runs from the last tick, in either direction, and keeps what was ticked", () => {
  const from = ticked(ticked(NOTHING, "a"), "c");
  expect(ids(tickedTo(from, "d", ORDER))).toEqual(["a", "c", "d"]);
  expect(ids(tickedTo(ticked(NOTHING, "d"), "b", ORDER))).toEqual(["b", "c", "d"]);
  const again = tickedTo(tickedTo(ticked(NOTHING, "b"), "d", ORDER), "a", ORDER);
  expect(ids(again)).toEqual(ORDER);
});

test("without an earlier tick, or with one that is out of this order, a range is one row", () => {
  expect(ids(tickedTo(NOTHING, "b", ORDER))).toEqual(["b"]);
  expect(ids(tickedTo({ ids: new Set(["x"]), anchor: "x" }, "b", ORDER))).toEqual(["b", "x"]);
  expect(ids(tickedAll(ORDER))).toEqual(ORDER);
});
