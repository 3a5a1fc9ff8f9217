import { describe, expect, test } from "vitest";
import { signingOf } from "#core/release/signers.ts";

const keys = [
  { keyId: "a", holder: "alice" },
  { keyId: "b", holder: "bob" },
  { keyId: "c", holder: null },
];

describe("who signed and what is missing [SIG-1]", () => {
  test.each([
    ["nobody", [], 2, []],
    ["one of two", ["b"], 1, ["bob"]],
    ["two of two", ["a", "c"], 0, ["alice", null]],
    ["more than needed", ["a", "b", "c"], 0, ["alice", "bob", null]],
    ["a key that is not of the role counts for nothing", ["x", "y", "a"], 1, ["alice"]],
  ])("%s", (_what, valid, needed, holders) => {
    const signing = signingOf({ threshold: 2, keys }, new Set(valid));
    expect(signing.needed).toBe(needed);
    expect(signing.signed.map((one) => one.holder)).toEqual(holders);
    expect(signing.signed.length + signing.open.length).toBe(3);
  });
});
