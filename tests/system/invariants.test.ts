import { expect, test } from "vitest";
import { wordsAgainstOneEnd } from "./invariants.ts";

test.each([
  { words: [], against: [] },
  { words: ["staged", "activating", "probation", "confirmed"], against: [] },
  { words: ["refused"], against: [] },
  { words: ["refused", "staged", "probation", "rolling-back", "rolled-back"], against: [] },
  { words: ["staged", "refused", "staged", "cancelled"], against: [] },
  { words: ["probation", "rolled-back", "refused"], against: ["refused"] },
  { words: ["activating", "refused", "rolled-back"], against: ["refused"] },
  { words: ["refused", "probation", "refused"], against: ["refused"] },
  { words: ["confirmed", "rolled-back"], against: ["confirmed", "rolled-back"] },
  { words: ["rolled-back", "rollback-failed"], against: ["rolled-back", "rollback-failed"] },
  { words: ["cancelled", "probation", "confirmed"], against: ["cancelled", "confirmed"] },
])("$words: what speaks against one end is $against [I10]", ({ words, against }) => {
  expect(wordsAgainstOneEnd(words)).toEqual(against);
});
