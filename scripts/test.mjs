// `npm test`: every suite, and one closing line `N passed, N failed, N skipped` summed over all of them.
// `npm test -- unit e2e` runs those suites only. Results stay in .cache/results for `npm run trace`.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";

const RESULTS = ".cache/results";
/** Of a failure's message, where it is told again at the end. */
const MESSAGE_CHARACTERS = 1_500;

/** @typedef {{ passed: number, failed: number, skipped: number, failures?: string[] }} Tally */
/** @typedef {{ about: string, run: () => Promise<Tally> }} Suite */

/** @type {Record<string, Suite>} */
const SUITES = {
  static: { about: "types, lint, import rules, dead code", run: staticChecks },
  unit: {
    about: "core at 100 % coverage, and what needs no other process",
    run: () => vitest("unit", ["--coverage"]),
  },
  integration: { about: "real PostgreSQL, real processes, real kills", run: () => vitest("integration", []) },
  system: { about: "real Nix, real systemd", run: () => vitest("system", []) },
  e2e: { about: "a real browser on the real product", run: playwright },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" } },
});

if (values.help || positionals.some((name) => !(name in SUITES))) {
  const unknown = positionals.filter((name) => !(name in SUITES));
  if (unknown.length > 0) console.error(`No suite is called ${unknown.join(", ")}.`);
  console.log(
    `npm test [-- suite…]\n\n${Object.entries(SUITES)
      .map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`)
      .join("\n")}\n\nSystem packages are installed only in CI or with FIDUCIAL_TEST_SYSTEM=1.`,
  );
  process.exit(unknown.length > 0 ? 2 : 0);
}

await main(positionals.length > 0 ? positionals : Object.keys(SUITES));

/** @param {string[]} names */
async function main(names) {
  const { ensureInstalled, buildAll } = await import("./build-steps.mjs");
  await ensureInstalled();
  const { installSystemPackages } = await import("./system-packages.mjs");
  installSystemPackages((line) => console.log(line));
  await buildAll();
  mkdirSync(RESULTS, { recursive: true });
  // Suites that are not run now keep their last result, so that a trace can be made of several runs.
  for (const name of names) rmSync(`${RESULTS}/${name}.json`, { force: true });
  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const failures = [];
  for (const name of names) {
    const suite = SUITES[name];
    if (suite === undefined) continue;
    console.log(`\n== ${name}: ${suite.about}`);
    const started = Date.now();
    const tally = await suite.run();
    console.log(`== ${name}: ${sentence(tally)} in ${Math.round((Date.now() - started) / 1000)} s`);
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
    failures.push(...(tally.failures ?? []).map((failure) => `${name}: ${failure}`));
  }
  // Told again at the end: of a long log often only the end is kept.
  for (const failure of failures) console.log(`\nFAILED ${failure}`);
  console.log(`\n${sentence(total)}`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** @param {Tally} tally */
function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** @returns {Promise<Tally>} */
async function staticChecks() {
  const { runStaticChecks } = await import("./check.mjs");
  const { passed, failed } = await runStaticChecks();
  return { passed, failed: failed.length, skipped: 0, failures: failed };
}

/**
 * @param {string} project
 * @param {string[]} more
 * @returns {Promise<Tally>}
 */
async function vitest(project, more) {
  const file = `${RESULTS}/${project}.json`;
  const args = [
    "run",
    "--project",
    `${project}*`,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
    ...more,
  ];
  const { ended, said } = await heard("node_modules/.bin/vitest", args);
  if (!existsSync(file))
    return { passed: 0, failed: 1, skipped: 0, failures: [`no result (${ended})\n${said}`] };
  const results = JSON.parse(readFileSync(file, "utf8"));
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = results;
  // An unhandled error, a teardown that fails or a missed coverage threshold fails the run without a failed test.
  const failures = failedTests(results);
  if (ended !== "0" && failures.length === 0) failures.push(`the run itself failed (${ended})\n${said}`);
  return {
    passed: numPassedTests,
    failed: Math.max(numFailedTests, failures.length),
    skipped: numPendingTests + numTodoTests,
    failures,
  };
}

/**
 * Runs a program in front of the reader and keeps the end of what it complained of.
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<{ ended: string, said: string }>} its exit code or signal, and the end of its stderr
 */
async function heard(program, args) {
  const running = spawn(program, args, { stdio: ["ignore", "inherit", "pipe"] });
  let said = "";
  running.stderr.setEncoding("utf8").on("data", (text) => {
    process.stderr.write(text);
    said = (said + text).slice(-2 * MESSAGE_CHARACTERS);
  });
  const ended = once(running.stderr, "end");
  const [code, signal] = await once(running, "exit");
  // What a test left behind may hold the pipe open for ever.
  await Promise.race([ended, setTimeout(1_000)]);
  running.stderr.destroy();
  return { ended: String(code ?? signal), said };
}

/**
 * @param {{ testResults: { name: string, message?: string, status: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[] }} results
 * @returns {string[]}
 */
function failedTests({ testResults }) {
  return testResults.flatMap(({ name, message, status, assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status === "failed");
    const file = relative(process.cwd(), name);
    if (failed.length === 0 && status === "failed")
      return [`${file}\n${(message ?? "").slice(0, MESSAGE_CHARACTERS)}`];
    return failed.map(
      ({ fullName, failureMessages }) =>
        `${file}: ${fullName}\n${failureMessages.join("\n").slice(0, MESSAGE_CHARACTERS)}`,
    );
  });
}

/** @returns {Promise<Tally>} */
async function playwright() {
  const file = `${RESULTS}/e2e.json`;
  const done = spawnSync("node_modules/.bin/playwright", ["test", "--reporter=list,json"], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  });
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const { stats, suites } = JSON.parse(readFileSync(file, "utf8"));
  const failed = stats.unexpected + stats.flaky;
  return {
    passed: stats.expected,
    failed: failed + (done.status !== 0 && failed === 0 ? 1 : 0),
    skipped: stats.skipped,
    failures: failedJourneys(suites),
  };
}

/** @typedef {{ file: string, specs?: { title: string, ok: boolean, tests: { results: { error?: { message?: string } }[] }[] }[], suites?: Journeys[] }} Journeys */

/**
 * @param {Journeys[]} suites
 * @returns {string[]}
 */
function failedJourneys(suites) {
  return suites.flatMap(({ file, specs = [], suites: inner = [] }) => [
    ...specs
      .filter(({ ok }) => !ok)
      .map(({ title, tests }) => {
        const messages = tests.flatMap(({ results }) => results.map(({ error }) => error?.message ?? ""));
        return `${file}: ${title}\n${messages.join("\n").slice(0, MESSAGE_CHARACTERS)}`;
      }),
    ...failedJourneys(inner),
  ]);
}
