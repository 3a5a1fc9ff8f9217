import { describe, expect, test } from "vitest";
import { chosenColumns, DEFAULT_COLUMNS, withColumn } from "./columns.ts";
import { readOrder } from "./order.ts";
import { rankLetter, rankOf } from "./rank.ts";

describe("columns as a person chose them", () => {
  test("nobody chose: the usual ones", () => expect(chosenColumns(null)).toEqual(DEFAULT_COLUMNS));

  test("a column that is gone is left out, one named twice is one, and a row keeps its word and name", () => {
    expect(chosenColumns(["site", "weather", "site"])).toEqual(["headline", "scanner", "site"]);
  });

  test("a column comes back to its place, and the fixed ones stay", () => {
    const without = withColumn(DEFAULT_COLUMNS, "site", false);
    expect(without).not.toContain("site");
    expect(withColumn(without, "site", true)).toEqual(DEFAULT_COLUMNS);
    expect(withColumn(DEFAULT_COLUMNS, "scanner", false)).toEqual(DEFAULT_COLUMNS);
  });
});

describe("an order of ids in one text", () => {
  const ids = ["01990000-7df5-729d-82f8-98b5cfafd7b6", "00000000-0000-7000-8000-0000000000ff"];

  test("is read as it was packed", () => {
    const hex = ids.join("").replaceAll("-", "");
    expect(readOrder(Buffer.from(hex, "hex").toString("base64"))).toEqual(ids);
    expect(readOrder("")).toEqual([]);
  });

  test("half an id is none", () => {
    expect(() => readOrder(Buffer.alloc(17).toString("base64"))).toThrow(RangeError);
  });
});

test("what is unsafe ranks before a trip, and both before everything else", () => {
  const ranks = [
    rankOf({ word: "unsafe", variant: "last-known" }),
    rankOf({ word: "unsafe", variant: "tripped" }),
    rankOf({ word: "offline", variant: null }),
    rankOf({ word: "retired", variant: null }),
  ];
  expect(ranks).toEqual([0, 1, 2, 16]);
  expect(rankLetter({ word: "unsafe", variant: "tripped" })).toBe("b");
});
