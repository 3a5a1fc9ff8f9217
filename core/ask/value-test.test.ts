import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Operator } from "#core/ask/question.ts";
import { matchesGlob, passes } from "#core/ask/value-test.ts";
import { compareVersions } from "#core/closure/package-name.ts";

describe("a bare value", () => {
  test.each([
    ["3.0.13", "3.0.13", "passes"],
    ["3.0", "3.0.13", "passes"],
    ["3.0", "3.01", "fails"],
    ["580.*", "580.95", "passes"],
    ["580.*", "58", "fails"],
    ["failed", "failed (exit-code)", "passes"],
    ["FAILED", "failed (failed)", "passes"],
    ["exit-code", "failed (exit-code)", "passes"],
    ["code", "failed (exit-code)", "fails"],
    ["nvidia", "nvidia", "passes"],
    ["3.0", "", "unknown"],
  ])("%s against %s %s [EXP-9]", (value, seen, verdict) => {
    expect(passes({ op: "like", value }, seen)).toBe(verdict);
  });
});

test.each([["3.0.13"], [0], [""]])(
  "%j passes where nothing is asked of the value: the name alone was the question [EXP-9]",
  (seen) => {
    expect(passes(null, seen)).toBe("passes");
  },
);

const version = fc.string({ unit: fc.constantFrom(..."0129.-prea"), minLength: 1, maxLength: 12 });
const OPPOSITE = { "<": ">=", ">": "<=", "=": "!=" } as const satisfies Partial<Record<Operator, Operator>>;

describe("a comparison", () => {
  test.each<[Operator, string, string, string]>([
    ["<", "passes", "fails", "fails"],
    ["<=", "passes", "passes", "fails"],
    ["=", "fails", "passes", "fails"],
    ["!=", "passes", "fails", "passes"],
    [">=", "fails", "passes", "passes"],
    [">", "fails", "fails", "passes"],
  ])("%s 3.0.13 of what is older, the same and newer: %s, %s, %s [EXP-9]", (op, ...verdicts) => {
    const seen = ["3.0.9", "3.0.13", "3.1"].map((one) => passes({ op, value: "3.0.13" }, one));
    expect(seen).toEqual(verdicts);
  });

  test("orders versions as Nix does [EXP-9]", () => {
    fc.assert(
      fc.property(version, version, (seen, wanted) => {
        expect(passes({ op: "<", value: wanted }, seen) === "passes").toBe(compareVersions(seen, wanted) < 0);
        expect(passes({ op: "=", value: wanted }, seen) === "passes").toBe(
          compareVersions(seen, wanted) === 0,
        );
      }),
    );
  });

  test("and its opposite share out every known value between them, and neither takes an unknown one [EXP-9, SEE-14]", () => {
    fc.assert(
      fc.property(version, version, fc.constantFrom("<", ">", "=" as const), (seen, value, op) => {
        const both = [passes({ op, value }, seen), passes({ op: OPPOSITE[op as "<"], value }, seen)];
        expect(both.sort()).toEqual(["fails", "passes"]);
        expect(passes({ op, value }, "")).toBe("unknown");
      }),
    );
  });

  test("of numbers is a comparison of numbers, with a point or a comma [EXP-9]", () => {
    expect(passes({ op: ">", value: "17.3" }, 17.25)).toBe("fails");
    expect(passes({ op: ">", value: "17,2" }, 17.25)).toBe("passes");
    expect(passes({ op: "<", value: "-1" }, -2)).toBe("passes");
  });
});

describe("a pattern", () => {
  test.each([
    ["a", "a", true],
    ["a", "ab", false],
    ["a*", "b", false],
    ["a*b*c", "a-b-c", true],
    ["a*b*c", "a-c", false],
    ["a*b*c", "a-b", false],
    ["a*a", "a", false],
  ])("%s of %s: %s [EXP-9]", (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches);
  });

  test("matches what a regular expression would, for every text [EXP-9]", () => {
    const letters = fc.string({ unit: fc.constantFrom(..."ab*."), maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const parts = pattern.split("*").map((part) => part.replaceAll(".", "\\."));
        expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${parts.join(".*")}$`).test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test("of many stars ends at once on a text that almost matches [X-01]", () => {
    expect(matchesGlob(`${"*a".repeat(140)}b`, "a".repeat(20_000))).toBe(false);
  });
});
