import { expect, test } from "vitest";
import { EVERY_STEP, exampleWayBack, journalAt, NEW, OLD } from "#core/change/example-plan.ts";
import type { Journal } from "#core/change/journal.ts";
import { toldOf, wordOf } from "#core/change/told.ts";
import { CHANGES } from "#core/headline/axes.ts";
import { changeFileSchema, NO_CHANGE } from "#core/report/change-kind.ts";

test("every step has a word that the report knows, and what is told can be read", () => {
  for (const step of EVERY_STEP) {
    const told = toldOf(journalAt(step));
    expect(CHANGES).toContain(told.state);
    expect(changeFileSchema.safeParse({ schema: "fiducial.change/1", ...told }).success).toBe(
      step !== "rest",
    );
  }
});

test("the words of architecture.md §7 where a step alone does not say it", () => {
  const staged = journalAt("staged") as Extract<Journal, { step: "staged" }>;
  expect(wordOf({ ...staged, waiting: "scanning" })).toBe("waiting");
  expect(toldOf({ ...staged, waiting: "scanning" }).reason).toBe("scanning");
  const offered = journalAt("offered") as Extract<Journal, { step: "offered" }>;
  expect(toldOf(offered)).toMatchObject({ state: "offered", percent: null, from: null, to: "r2" });
  const half = { ...offered, progress: { bytes: 1, totalBytes: 2 } };
  expect(toldOf(half)).toMatchObject({ state: "downloading", percent: 50, budgetMs: 3_600_000 });
  expect(toldOf({ ...offered, progress: { bytes: 0, totalBytes: 0 } }).percent).toBe(100);
  expect(toldOf(journalAt("copy"))).toMatchObject({ state: "downloading", percent: 100 });
});

test("phases say how long they may last, and where from and to", () => {
  expect(toldOf(journalAt("probe"))).toMatchObject({
    state: "probation",
    budgetMs: 300_000,
    from: "r1",
    energised: false,
  });
  expect(toldOf(journalAt("probe", { run: { fromRelease: null }, plan: { release: null } }))).toMatchObject({
    from: OLD,
    to: NEW,
  });
  expect(toldOf(journalAt("back-set"))).toMatchObject({ reason: "health-failed", budgetMs: 300_000 });
  expect(toldOf(journalAt("back-set", { run: { way: "reboot" } })).budgetMs).toBe(900_000);
  expect(toldOf(journalAt("stuck"))).toMatchObject({ state: "rollback-failed", budgetMs: null });
});

test("at rest the last outcome is told", () => {
  expect(toldOf(journalAt("rest"))).toEqual(NO_CHANGE);
  expect(toldOf({ step: "rest", sinceMs: 9, last: exampleWayBack() })).toMatchObject({
    state: "rolled-back",
    sinceMs: 9,
    reason: "health-failed",
    percent: null,
  });
});
