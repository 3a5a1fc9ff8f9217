import { describe, expect, test } from "vitest";
import { concerns } from "./realtime.tsx";

describe("a nudge asks again only for what it is about", () => {
  const ids = new Set(["a"]);

  test("questions about a changed scanner", () => {
    expect(concerns([["scanner", "get"], { input: { scannerId: "a" }, type: "query" }], ids)).toBe(true);
  });

  test("not the fleet table, which asks for the rows in sight itself", () => {
    for (const name of ["list", "order", "rows", "counts", "facets"])
      expect(concerns([["scanner", name], { input: { query: "" }, type: "query" }], ids)).toBe(false);
  });

  test("questions about a change of a changed scanner, and no list of all changes", () => {
    const change = (name: string, input: object) => [["change", name], { input, type: "query" }];
    expect(concerns(change("preflight", { scannerIds: ["b", "a"] }), ids)).toBe(true);
    expect(concerns(change("rollbackTargets", { scannerId: "a" }), ids)).toBe(true);
    expect(concerns(change("preflight", { scannerIds: ["b"] }), ids)).toBe(false);
    expect(concerns(change("list", { scannerId: null }), ids)).toBe(false);
  });

  test("not about another scanner, and not about anything else", () => {
    expect(concerns([["scanner", "get"], { input: { scannerId: "b" }, type: "query" }], ids)).toBe(false);
    expect(concerns([["person", "list"]], ids)).toBe(false);
    expect(concerns(["passkeys"], ids)).toBe(false);
  });
});
