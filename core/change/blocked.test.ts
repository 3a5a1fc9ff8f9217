import { expect, test } from "vitest";
import { afterWayBack, blockedToplevels, liftBlock, NO_FAILURES, unblock } from "#core/change/blocked.ts";
import { confirmedFileSchema, findConfirmed, NONE_CONFIRMED, withConfirmed } from "#core/change/confirmed.ts";
import { examplePlan, exampleWayBack, NEW, OLD } from "#core/change/example-plan.ts";

test("a closure that failed by itself is blocked at once, one that was interrupted the second time [ACT-5]", () => {
  const sick = afterWayBack(NO_FAILURES, exampleWayBack(), 5);
  expect(blockedToplevels(sick)).toEqual([NEW]);
  const cut = afterWayBack(NO_FAILURES, exampleWayBack({ reason: "unplanned-boot" }), 5);
  expect(blockedToplevels(cut)).toEqual([]);
  const again = afterWayBack(cut, exampleWayBack({ reason: "unplanned-boot", changeId: "two" }), 6);
  expect(blockedToplevels(again)).toEqual([NEW]);
  expect(again.failures).toHaveLength(1);
  const third = afterWayBack(again, exampleWayBack({ reason: "interrupted", changeId: "three" }), 7);
  expect(blockedToplevels(third)).toEqual([NEW]);
});

test("the same end recorded twice counts once; what a person asked for, and what did not go back, count nothing", () => {
  const cut = afterWayBack(NO_FAILURES, exampleWayBack({ reason: "interrupted" }), 5);
  expect(afterWayBack(cut, exampleWayBack({ reason: "interrupted" }), 6)).toBe(cut);
  for (const words of [
    { reason: "asked" },
    { state: "confirmed" },
    { toplevel: null },
    { changeId: null },
    { reason: null },
  ] as const)
    expect(afterWayBack(NO_FAILURES, exampleWayBack(words), 5)).toBe(NO_FAILURES);
});

test("a person lifts it", () => {
  const sick = afterWayBack(NO_FAILURES, exampleWayBack(), 5);
  expect(unblock(sick, NEW)).toEqual(NO_FAILURES);
  expect(unblock(sick, OLD)).toBeNull();
});

test("confirmed generations: newest first, each once, few, found by path or release [ACT-4]", () => {
  let file = withConfirmed(NONE_CONFIRMED, examplePlan(), 5);
  expect(withConfirmed(file, examplePlan(), 5)).toEqual(file);
  for (const number of [3, 4, 5, 6, 7, 8, 9, 10])
    file = withConfirmed(file, examplePlan({ toplevel: `${OLD}-${number}`, release: `r${number}` }), number);
  expect(confirmedFileSchema.parse(file).generations.map((one) => one.release)).toEqual([
    ...["r10", "r9", "r8", "r7", "r6", "r5", "r4", "r3"],
  ]);
  expect(findConfirmed(file, "r4")?.toplevel).toBe(`${OLD}-4`);
  expect(findConfirmed(file, `${OLD}-5`)?.release).toBe("r5");
  expect(findConfirmed(file, "r2")).toBeNull();
});

test("a signed word lifts the block of the failure that it names, and of no newer one [ACT-5]", () => {
  const failures = afterWayBack(NO_FAILURES, exampleWayBack(), 5);
  expect(liftBlock(failures, { toplevel: NEW, changeId: "another" })).toBeNull();
  expect(liftBlock(failures, { toplevel: OLD, changeId: "one" })).toBeNull();
  expect(liftBlock(NO_FAILURES, { toplevel: NEW, changeId: undefined })).toBeNull();
  const left = liftBlock(failures, { toplevel: NEW, changeId: "one" });
  expect(left === null ? null : blockedToplevels(left)).toEqual([]);
});
