import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type AllRecords, folderRecords } from "#agent/activate/records.ts";
import { NO_FAILURES } from "#core/change/blocked.ts";
import { NONE_CONFIRMED, withConfirmed } from "#core/change/confirmed.ts";
import { examplePlan, journalAt } from "#core/change/example-plan.ts";
import { FIRST_JOURNAL } from "#core/change/journal.ts";
import { toldOf } from "#core/change/told.ts";
import { changeFileSchema } from "#core/report/change-kind.ts";
import { confirmedFileSchema } from "#core/report/confirmed-kind.ts";

let folder: string;
let records: AllRecords;
let logged: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-records-"));
  logged = [];
  mkdirSync(join(folder, "run"));
  records = folderRecords({ state: folder, run: join(folder, "run") }, (text) => logged.push(text));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("what was never written is a first start; what was written is read again", async () => {
  expect(await records.journal()).toEqual(FIRST_JOURNAL);
  expect(await records.confirmed()).toEqual(NONE_CONFIRMED);
  expect(await records.failures()).toEqual(NO_FAILURES);
  expect([await records.askedChange(), await records.sequence(), await records.consented()]).toEqual([
    null,
    null,
    [],
  ]);
  const journal = journalAt("probe");
  await records.saveJournal(journal);
  await records.saveConfirmed(withConfirmed(NONE_CONFIRMED, examplePlan(), 5));
  await records.saveAsked("one");
  await records.saveSequence({ seq: 3, text: "{}" });
  await records.consent("one");
  await records.consent("one");
  await records.pinScanner("scanner");
  expect(await records.journal()).toEqual(journal);
  expect((await records.confirmed()).generations).toHaveLength(1);
  expect(await records.askedChange()).toBe("one");
  expect(await records.sequence()).toEqual({ seq: 3, text: "{}" });
  expect(await records.consented()).toEqual(["one"]);
  expect(await records.pinnedScanner()).toBe("scanner");
  expect(statSync(join(folder, "journal.json")).mode & 0o077).toBe(0);
});

test("a damaged record stops everything: nobody guesses a floor or a step [E-07]", async () => {
  for (const name of ["journal.json", "blocked.json", "sequence.json", "confirmed.json"])
    for (const content of ["", "{", '{"schema":"other"}']) writeFileSync(join(folder, name), content);
  for (const read of [records.journal, records.failures, records.sequence, records.confirmed])
    await expect(read()).rejects.toMatchObject({ code: "state-damaged" });
});

test("change.json is what the agent reads; not being able to tell stops no change [ACT-3, ACT-4]", async () => {
  await records.saveConfirmed(withConfirmed(NONE_CONFIRMED, examplePlan(), 5));
  await records.tell(toldOf(journalAt("probe")));
  const file = join(folder, "run/change.json");
  expect(changeFileSchema.parse(JSON.parse(readFileSync(file, "utf8")))).toMatchObject({
    state: "probation",
  });
  expect(statSync(file).mode & 0o777).toBe(0o644);
  const listed = () => confirmedFileSchema.parse(JSON.parse(readFileSync(file, "utf8"))).confirmed;
  expect(listed()).toHaveLength(1);
  // A damaged list stops what changes the scanner, and is not told as an empty one (ACT-4).
  writeFileSync(join(folder, "confirmed.json"), "{");
  await records.tell(toldOf(journalAt("probe")));
  expect(listed()).toBeNull();
  rmSync(join(folder, "run"), { recursive: true });
  await records.tell(toldOf(journalAt("probe")));
  expect(logged).toHaveLength(1);
});
