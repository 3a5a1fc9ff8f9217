import { describe, expect, test } from "vitest";
import { paths, safeNext } from "./paths.ts";

test("a filter survives the URL and an empty one leaves none behind", () => {
  expect(paths.fleet()).toBe("/fleet");
  expect(paths.fleet({ headline: ["unsafe", "offline"], search: ["Anni & co"] })).toBe(
    "/fleet?headline=unsafe&headline=offline&search=Anni+%26+co",
  );
});

test("what a page of changes shows stands in its address", () => {
  expect(paths.changes()).toBe("/changes");
  expect(paths.changes({ open: true, scannerId: "a" })).toBe("/changes?open=1&scanner=a");
  expect(paths.upgrade({ release: null, scannerIds: [] })).toBe("/changes/upgrade");
  expect(paths.upgrade({ release: "2026.10.2", scannerIds: ["a", "b"] })).toBe(
    "/changes/upgrade?release=2026.10.2&scanner=a&scanner=b",
  );
  expect(paths.rollback("a", "c")).toBe("/scanners/a/rollback?change=c");
  expect(paths.release("r1", "r0")).toBe("/releases/r1?against=r0");
});

describe("after signing in nobody lands on another host (open redirect)", () => {
  test.each([
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/a\\b",
    "/a\nb",
    undefined,
  ])("%j falls back to home", (next) => expect(safeNext(next)).toBe("/"));
  test("a path of the portal is kept", () =>
    expect(safeNext("/scanners/1?x=1#items")).toBe("/scanners/1?x=1#items"));
});
