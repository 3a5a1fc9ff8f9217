import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changeTags, MAX_TAG_LENGTH, MAX_TAGS, tagOf } from "./tag.ts";

describe("the spelling of a tag", () => {
  test.each([
    ["Trial", "trial"],
    ["  Haus B ", "haus-b"],
    ["MÜNCHEN", "münchen"],
    ["u\u0308ber", "über"],
    ["rack:3/a_b.c", "rack:3/a_b.c"],
    ["חדש", "חדש"],
  ])("%j is %j", (typed, tag) => expect(tagOf(typed)).toBe(tag));

  test.each(["", "  ", "-x", "a,b", "=1", "<b>", "a".repeat(MAX_TAG_LENGTH + 1), "\u202Ex"])(
    "%j is no tag",
    (typed) => expect(tagOf(typed)).toBeNull(),
  );

  test("is its own spelling", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (typed) => {
        const tag = tagOf(typed);
        if (tag !== null) expect(tagOf(tag)).toBe(tag);
      }),
      { numRuns: 500 },
    );
  });
});

describe("changing tags", () => {
  test("adds, takes away, sorts, and names each once", () => {
    expect(changeTags(["b", "a"], { add: ["c", "a"], remove: ["b", "x"] })).toEqual({
      ok: true,
      tags: ["a", "c"],
    });
    expect(changeTags(["a"], { add: ["a"], remove: ["a"] })).toEqual({ ok: true, tags: ["a"] });
  });

  test("is refused where a scanner would have too many", () => {
    const many = Array.from({ length: MAX_TAGS }, (_, index) => `t${index}`);
    expect(changeTags(many, { add: [], remove: [] }).ok).toBe(true);
    expect(changeTags(many, { add: ["more"], remove: [] })).toEqual({ ok: false, refused: "too-many-tags" });
    expect(changeTags(many, { add: ["more"], remove: ["t0"] }).ok).toBe(true);
  });
});
