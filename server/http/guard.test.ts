import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { foreignOrigin, plainPath, wrongMediaType } from "./guard.ts";

const OWN = ["http://localhost:3000"];
const request = (method: string, headers: Record<string, string>) =>
  ({ method, headers }) as unknown as IncomingMessage;

describe("a path that could mean another one is refused", () => {
  test.each([
    "http://elsewhere/",
    "//api//auth",
    "/api//auth/get-session",
    "/api/%2e%2e/healthz",
    "/api/../healthz",
    "/api%2Ftrpc",
    "/api\\trpc",
    "*",
    "",
  ])("%s [B-03, W-04]", (url) => {
    expect(plainPath(url)).toBeNull();
  });

  test.each(["/", "/api/trpc/site.list?batch=1&input=%2F%2F", "/scanners/0199-aa"])("%s is plain", (url) => {
    expect(plainPath(url)).toBe(url.split("?")[0]);
  });
});

describe("a browser that acts for another site changes nothing [B-07]", () => {
  test.each([
    ["POST", { origin: "http://evil.example" }, true],
    ["POST", { origin: "null" }, true],
    ["POST", { origin: "http://localhost:3001" }, true],
    ["POST", { "sec-fetch-site": "cross-site" }, true],
    ["POST", { "sec-fetch-site": "same-site" }, true],
    ["POST", { "sec-fetch-site": "none" }, true],
    ["GET", { "sec-fetch-site": "cross-site" }, true],
    ["POST", { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" }, false],
    ["GET", { "sec-fetch-site": "none" }, false],
    ["POST", {}, false],
  ] as const)("%s %j → foreign: %s", (method, headers, foreign) => {
    expect(foreignOrigin(request(method, headers), OWN)).toBe(foreign);
  });
});

test("a call is JSON, so a form cannot make one [B-07]", () => {
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json-seq",
  ])
    expect(wrongMediaType(request("POST", { "content-type": type }))).toBe(true);
  expect(wrongMediaType(request("POST", {}))).toBe(true);
  expect(wrongMediaType(request("POST", { "content-type": "application/json; charset=utf-8" }))).toBe(false);
});
