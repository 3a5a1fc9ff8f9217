import { expect, test } from "vitest";
import { newestThatFit, resultsName, resultsSchema } from "#core/bundle/results.ts";

const ID = "019a5b1e-0000-7000-8000-0000000000a1";
const FILE = {
  schema: "fiducial.results/1",
  scannerId: ID,
  keyId: "a".repeat(64),
  writtenAtMs: 1,
  reports: [{ body: "e30=", signature: `${"A".repeat(86)}==` }],
};

test("a file of results is strict: it travelled on a stick [OFF-1]", () => {
  expect(resultsSchema.parse(FILE)).toEqual(FILE);
  for (const wrong of [
    { ...FILE, more: 1 },
    { ...FILE, scannerId: "../x" },
    { ...FILE, reports: [{ body: "{}", signature: "" }] },
  ])
    expect(resultsSchema.safeParse(wrong).success).toBe(false);
  expect(resultsName(ID)).toBe(`results/${ID}.json`);
});

test("where not all fit, the newest go, in their order", () => {
  const reports = [3, 4, 5, 6].map((bytes) => ({ bytes }));
  expect(newestThatFit(reports, 18)).toEqual(reports);
  expect(newestThatFit(reports, 17).map(({ bytes }) => bytes)).toEqual([4, 5, 6]);
  expect(newestThatFit(reports, 5)).toEqual([]);
});
