import { describe, expect, test } from "vitest";
import { concerns } from "./realtime.tsx";

describe("a nudge asks again only for what it is about", () => {
  const ids = new Set(["a"]);

  test("questions about a changed scanner and every list of scanners", () => {
    expect(concerns([["scanner", "get"], { input: { scannerId: "a" }, type: "query" }], ids)).toBe(true);
    expect(concerns([["scanner", "list"], { input: { limit: 200 }, type: "infinite" }], ids)).toBe(true);
  });

  test("not about another scanner, and not about anything else", () => {
    expect(concerns([["scanner", "get"], { input: { scannerId: "b" }, type: "query" }], ids)).toBe(false);
    expect(concerns([["person", "list"]], ids)).toBe(false);
    expect(concerns(["passkeys"], ids)).toBe(false);
  });
});
