import { expect, test } from "vitest";
import type { RollbackTarget } from "#server/change/view.ts";
import { missing, newRequestKey, preselected } from "./ask.ts";

const target = (release: string, more: Partial<RollbackTarget> = {}) =>
  ({ release, running: false, against: [], ...more }) as unknown as RollbackTarget;

test("the last confirmed generation that can be gone back to is chosen beforehand, and never one that cannot", () => {
  expect(preselected([])).toBeNull();
  expect(preselected([target("b", { running: true }), target("a")])?.release).toBe("a");
  expect(preselected([target("b", { against: [{ code: "not-on-disk" }] })])).toBeNull();
});

test("a reason is chosen, and another one is said in words", () => {
  expect(missing({ why: null, words: "" })).toBe("why");
  expect(missing({ why: "other", words: " " })).toBe("words");
  expect(missing({ why: "other", words: "smoke" })).toBeNull();
  expect(missing({ why: "image", words: "" })).toBeNull();
});

test("every thing asked for has a key of its own", () => {
  expect(newRequestKey()).not.toBe(newRequestKey());
});
