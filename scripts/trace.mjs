// `npm run trace`: requirement × test × last result as docs/traceability.md. Red (exit 1) when a requirement that
// docs/requirements.md calls closed has no passing test named after it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const RESULTS = ".cache/results";
const OUT = "docs/traceability.md";

/** @typedef {{ title: string, file: string, result: string }} TestResult */
/** @typedef {{ id: string, text: string, state: string }} Requirement */

const requirements = readRequirements(readFileSync("docs/requirements.md", "utf8"));
if (!existsSync(RESULTS)) {
  console.error("No results to trace: run `npm test` first.");
  process.exit(2);
}
const tests = readdirSync(RESULTS).flatMap((name) =>
  readResults(name, JSON.parse(readFileSync(path.join(RESULTS, name), "utf8"))),
);
const rows = requirements.map((requirement) => ({
  ...requirement,
  tests: tests.filter(({ title }) => new RegExp(`\\b${requirement.id}(?![0-9])`).test(title)),
}));
const bare = rows.filter(
  ({ state, tests: own }) => state === "closed" && !own.some(({ result }) => result === "passed"),
);
writeFileSync(OUT, page(rows));
console.log(
  `${OUT}: ${tests.length} tests, ${rows.filter((row) => row.tests.length > 0).length} of ${rows.length} requirements have one`,
);
if (bare.length > 0) {
  console.error(`closed without a passing test: ${bare.map(({ id }) => id).join(", ")}`);
  process.exit(1);
}

/** @param {string} text @returns {Requirement[]} */
function readRequirements(text) {
  return [...text.matchAll(/^\| ([A-Z]+-\d+) \| (.*) \| (closed|open|begun[^|]*) \|$/gm)].map(
    ([, id = "", body = "", state = ""]) => ({
      id,
      text: body,
      state,
    }),
  );
}

/** @param {string} name @param {any} json @returns {TestResult[]} */
function readResults(name, json) {
  if (name === "e2e.json") return json.suites.flatMap((/** @type {any} */ suite) => browserTests(suite, []));
  return json.testResults.flatMap((/** @type {any} */ file) =>
    file.assertionResults.map((/** @type {any} */ one) => ({
      title: one.fullName,
      file: path.relative(".", file.name),
      result: one.status,
    })),
  );
}

/** @param {any} suite @param {string[]} above @returns {TestResult[]} */
function browserTests(suite, above) {
  const titles = [...above, suite.title];
  const own = (suite.specs ?? []).map((/** @type {any} */ spec) => ({
    title: [...titles, spec.title].join(" "),
    file: `tests/e2e/${spec.file}`,
    result: spec.tests.every((/** @type {any} */ one) => one.status === "skipped")
      ? "skipped"
      : spec.ok
        ? "passed"
        : "failed",
  }));
  return [...own, ...(suite.suites ?? []).flatMap((/** @type {any} */ inner) => browserTests(inner, titles))];
}

/** @param {(Requirement & { tests: TestResult[] })[]} rows */
function page(rows) {
  const lines = rows.flatMap(({ id, state, tests: own }) => {
    if (own.length === 0) return [`| ${id} | ${state} | – | – |`];
    return own.map(
      ({ title, file, result }, index) =>
        `| ${index === 0 ? id : ""} | ${index === 0 ? state : ""} | ${cell(title)} (\`${file}\`) | ${result} |`,
    );
  });
  return `# Traceability\n\nWritten by \`npm run trace\` from \`docs/requirements.md\` and the results of the last \`npm test\`. Do not edit.\n\n| requirement | state | test | last result |\n|---|---|---|---|\n${lines.join("\n")}\n`;
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ").trim();
}
