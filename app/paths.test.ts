import { describe, expect, test } from "vitest";
import { paths, safeNext } from "./paths.ts";

test("a filter survives the URL and an empty one leaves none behind", () => {
  expect(paths.fleet()).toBe("/fleet");
  expect(paths.fleet({ headlines: ["unsafe", "offline"], search: "Anni & co", siteId: null })).toBe(
    "/fleet?headline=unsafe&headline=offline&search=Anni+%26+co",
  );
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
