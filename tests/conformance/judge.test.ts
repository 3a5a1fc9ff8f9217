import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXPECTED, TESTS } from "#tests/conformance/expected.ts";
import { judge, unexpected } from "#tests/conformance/judge.ts";
import { type Call, readRun, type TestRecord } from "#tests/conformance/record.ts";

const REFUSED = {
  answer: "refused",
  refused: "delegation",
  where: "release snapshot",
  detail: "names A.json beside targets.json",
};
const call = (change: Partial<Call> = {}): Call => ({
  call: "refresh",
  exit: 0,
  said: null,
  believed: { root: 1, timestamp: 2 },
  ...change,
});
const refusal = (change: Partial<Call> = {}) =>
  call({ exit: 1, said: REFUSED, believed: { root: 1 }, ...change });
const one = (calls: Call[], passed = true): TestRecord[] => [{ test: "a", passed, calls }];
const judged = (ours: Call[], theirs: Call[] = [call()], passed = true) =>
  judge(one(theirs), one(ours, passed))[0];

test("the same answers are the same", () => {
  expect(judged([call()])).toEqual({ test: "a", passed: true, verdict: "same" });
  const crash = call({ exit: 1, said: "ExpiredMetadataError: …" });
  expect(judged([refusal({ believed: call().believed })], [crash])?.verdict).toBe("same");
});

test("a refusal of the closed list is one, passed or not", () => {
  const refused = { test: "a", verdict: "refused", reason: "delegation" };
  expect(judged([refusal()], [call(), call()], false)).toEqual({ ...refused, passed: false });
  expect(judged([refusal()], [call({ exit: 1, said: "not found" })])).toEqual({ ...refused, passed: true });
});

test.each<[string, Call[], Call[]?, boolean?]>([
  ["a crash", [refusal({ said: "Node.js v20.20.2" })]],
  ["a crash where the library refuses too", [refusal({ said: "Node.js" })], [call({ exit: 1, said: "no" })]],
  ["a word that the product does not have", [refusal({ said: { ...REFUSED, refused: "no" } })]],
  ["a refusal that no reason of the list fits", [refusal({ said: { ...REFUSED, where: "release root" } })]],
  ["another status than done and refused", [call({ exit: 137, said: REFUSED })]],
  ["what the library refuses, taken", [call()], [call({ exit: 1, said: "refused" })]],
  ["a version that the library does not believe", [refusal({ believed: { root: 2 } })]],
  ["a role that the library does not believe", [refusal({ believed: { root: 1, evil: 1 } })]],
  ["not passed, though it answers like the library", [call()], [call()], false],
  ["another command than the library was asked", [call({ call: "init" })]],
  ["fewer calls", [call()], [call(), call()]],
])("%s is broken", (_, ours, theirs, passed) => {
  expect(judged(ours, theirs, passed)?.verdict).toBe("broken");
});

test("a test that one client did not run, or ran twice, or that the library does not pass, is broken", () => {
  const good = one([call()]);
  expect(judge(good, [])[0]?.verdict).toBe("broken");
  expect(judge([], good)[0]?.verdict).toBe("broken");
  expect(judge(good, [...good, ...good])[0]?.verdict).toBe("broken");
  expect(judge(one([call()], false), good)[0]?.verdict).toBe("broken");
});

test("a list that says more or less than was seen is told", () => {
  const verdicts = judge(one([call()]), one([refusal()], false));
  expect(unexpected(verdicts, { a: "delegation" })).toEqual([]);
  expect(unexpected(verdicts, {})).toHaveLength(1);
  expect(unexpected(verdicts, { a: "target-without-sha256" })).toHaveLength(1);
  expect(unexpected(verdicts, { a: "delegation", b: "delegation" })).toHaveLength(1);
});

const kept = (name: string) =>
  readRun(readFileSync(join(import.meta.dirname, "results", `${name}.jsonl`), "utf8"));

test("SIG-2: in the kept run each test has the library's answers or a refusal that is listed", () => {
  const verdicts = judge(kept("library").tests, kept("scanner").tests);
  expect(verdicts).toHaveLength(TESTS);
  expect(verdicts.filter(({ verdict }) => verdict === "broken")).toEqual([]);
  expect(unexpected(verdicts, EXPECTED)).toEqual([]);
});

test("SIG-2: over repositories that others made, too, nothing else than a refusal by name parts the two", () => {
  const verdicts = judge(kept("library-foreign").tests, kept("scanner-foreign").tests);
  expect(verdicts).toHaveLength(TESTS);
  expect(verdicts.filter(({ verdict }) => verdict === "broken")).toEqual([]);
});
