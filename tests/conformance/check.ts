import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { EXPECTED, TESTS } from "#tests/conformance/expected.ts";
import { judge, unexpected, type Verdict } from "#tests/conformance/judge.ts";
import { readRun } from "#tests/conformance/record.ts";
import { REASONS } from "#tests/conformance/refusals.ts";

/**
 * Compares what two clients answered to the same tests: the library's file, then the scanner's. Ends with status 1 where the scanner
 * answered otherwise than the library and not by a refusal of the closed list, and, over the scanner's own kind of repository, where
 * the tests so refused are not exactly those of expected.ts.
 */
const [libraryFile, scannerFile] = process.argv.slice(2);
if (libraryFile === undefined || scannerFile === undefined) {
  process.stderr.write("check.mjs LIBRARY.jsonl SCANNER.jsonl: see docs/conformance.md\n");
  process.exit(2);
}
const library = readRun(readFileSync(libraryFile, "utf8"));
const scanner = readRun(readFileSync(scannerFile, "utf8"));
const verdicts = judge(library.tests, scanner.tests);
if (JSON.stringify(library.head) !== JSON.stringify({ ...scanner.head, client: library.head.client }))
  fail(`${basename(libraryFile)} and ${basename(scannerFile)} are of different suites`);

if (verdicts.length !== TESTS) fail(`${verdicts.length} tests, not ${TESTS}`);

const of = (kind: Verdict["verdict"]) => verdicts.filter(({ verdict }) => verdict === kind);
console.log(
  `${verdicts.length} tests, ${verdicts.filter(({ passed }) => passed).length} passed by the scanner's verifier`,
);
console.log(`  the same as the library in every call: ${of("same").length}`);
for (const [reason, { why }] of Object.entries(REASONS)) {
  const refused = verdicts.filter((one) => one.verdict === "refused" && one.reason === reason);
  const passed = refused.filter((one) => one.passed).length;
  const byThat = passed > 0 ? `, ${passed} passed by that` : "";
  console.log(`  refused by name, ${reason} (${why}): ${refused.length}${byThat}`);
}
for (const one of verdicts) if (one.verdict === "broken") fail(`${one.test}: ${one.why}`);
if (scanner.head.repositories === "scanner") for (const line of unexpected(verdicts, EXPECTED)) fail(line);

function fail(line: string): void {
  console.log(`NOT AS SAID ${line}`);
  process.exitCode = 1;
}
