import { type Answer, answerSchema } from "#tests/conformance/answer.ts";
import type { Call, TestRecord } from "#tests/conformance/record.ts";
import { type Reason, reasonOf } from "#tests/conformance/refusals.ts";

/**
 * What one test showed of the scanner's verifier beside the library alone. `same`: every call ended the same way, and the same versions
 * were believed after it. `refused`: where the answers part, the scanner gave a refusal of the closed list, and up to the end it did and
 * believed nothing that the library did not. `broken`: anything else.
 */
export type Verdict = { test: string; passed: boolean } & (
  | { verdict: "same" }
  | { verdict: "refused"; reason: Reason }
  | { verdict: "broken"; why: string }
);

export function judge(library: TestRecord[], scanner: TestRecord[]): Verdict[] {
  const names = [...new Set([...library, ...scanner].map(({ test }) => test))];
  return names.map((test) => {
    const [theirs, ...theirOthers] = library.filter((one) => one.test === test);
    const [ours, ...ourOthers] = scanner.filter((one) => one.test === test);
    const verdict =
      theirs === undefined || ours === undefined || theirOthers.length + ourOthers.length > 0
        ? broken("not run once with each client")
        : judgeTest(theirs, ours);
    return { test, passed: ours?.passed ?? false, ...verdict };
  });
}

type Judged = { verdict: "same" } | { verdict: "refused"; reason: Reason } | Broken;
type Broken = { verdict: "broken"; why: string };
const broken = (why: string): Broken => ({ verdict: "broken", why });

function judgeTest(theirs: TestRecord, ours: TestRecord): Judged {
  if (!theirs.passed) return broken("the library does not pass it");
  const excess = excessOf(theirs.calls, ours.calls);
  if (excess !== null) return broken(excess);
  const parting = ours.calls.find((call, at) => !isSame(call, theirs.calls[at]));
  if (parting !== undefined) {
    const answer = answerOf(parting);
    const reason = answer?.answer === "refused" ? reasonOf(answer) : null;
    if (reason !== null) return { verdict: "refused", reason };
    return broken(`answers otherwise than the library: ${JSON.stringify(parting.said)}`);
  }
  if (!ours.passed) return broken("not passed, with the answers of the library");
  return ours.calls.length === theirs.calls.length ? { verdict: "same" } : broken("fewer calls");
}

/** The first thing that the scanner's client did beyond the library, or that is no answer at all. */
function excessOf(theirs: Call[], ours: Call[]): string | null {
  let before: Call["believed"] = {};
  for (const [at, call] of ours.entries()) {
    const other = theirs[at];
    const where = `call ${at + 1}, ${call.call}`;
    if (other?.call !== call.call) return `${where}: the library was not asked that`;
    if (!isAnswered(call))
      return `${where}: status ${call.exit} without an answer: ${JSON.stringify(call.said)}`;
    if (call.exit === 0 && other.exit !== 0) return `${where}: done, where the library refuses`;
    const role = Object.keys(call.believed).find(
      (name) => ![other.believed[name], before[name]].includes(call.believed[name]),
    );
    if (role !== undefined)
      return `${where}: believes ${role} ${call.believed[role]}, the library ${other.believed[role] ?? "none"}`;
    before = call.believed;
  }
  return null;
}

/** A program that crashes ends with status 1 too: only its own words tell a refusal. */
function isAnswered(call: Call): boolean {
  return call.exit === 0 ? call.said === null : call.exit === 1 && answerOf(call) !== null;
}

function answerOf({ said }: Call): Answer | null {
  return answerSchema.safeParse(said).data ?? null;
}

function isSame(ours: Call, theirs: Call | undefined): boolean {
  const roles = Object.keys({ ...ours.believed, ...theirs?.believed });
  return ours.exit === theirs?.exit && roles.every((role) => ours.believed[role] === theirs.believed[role]);
}

/** Where the tests that were refused, and why, are not those that are listed: one line each. */
export function unexpected(verdicts: Verdict[], expected: Readonly<Record<string, Reason>>): string[] {
  const refusedAs = new Map(verdicts.map((one) => [one.test, one.verdict === "refused" ? one.reason : null]));
  const tests = [...new Set([...refusedAs.keys(), ...Object.keys(expected)])];
  return tests
    .filter((test) => (refusedAs.get(test) ?? null) !== (expected[test] ?? null))
    .map(
      (test) =>
        `${test}: listed as ${expected[test] ?? "the same"}, seen ${refusedAs.get(test) ?? "otherwise"}`,
    );
}
