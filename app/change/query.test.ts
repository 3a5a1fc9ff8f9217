import { expect, test } from "vitest";
import { readChangesFilter, readUpgradeQuery } from "./query.ts";

const ID = "0195d3a1-7c3e-7b5a-8f10-0123456789ab";
const OTHER = "0195d3a1-7c3e-7b5a-8f10-0123456789ac";

test("what an address does not say, or says wrongly, filters nothing", () => {
  expect(readChangesFilter({})).toEqual({ open: false, scannerId: null });
  expect(readChangesFilter({ open: "yes", scanner: "x" })).toEqual({ open: false, scannerId: null });
  expect(readChangesFilter({ open: ["1"], scanner: ID })).toEqual({ open: true, scannerId: ID });
});

test("each scanner is asked once, and what is no id is not asked", () => {
  expect(readUpgradeQuery({})).toEqual({ release: null, scannerIds: [] });
  expect(readUpgradeQuery({ release: "../x", scanner: ID })).toEqual({ release: null, scannerIds: [ID] });
  expect(readUpgradeQuery({ release: "2026.10.2", scanner: [ID, "x", OTHER, ID] })).toEqual({
    release: "2026.10.2",
    scannerIds: [ID, OTHER],
  });
});
