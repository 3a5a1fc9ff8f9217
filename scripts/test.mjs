// `npm test`: every suite, and one closing line `N passed, N failed, N skipped` summed over all of them.
// `npm test -- unit e2e` runs those suites only. Results stay in .cache/results for `npm run trace`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";

const RESULTS = ".cache/results";

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */
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
  }
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
  return { passed, failed: failed.length, skipped: 0 };
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
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
    ...more,
  ];
  const done = spawnSync("node_modules/.bin/vitest", args, { stdio: ["ignore", "inherit", "inherit"] });
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
    readFileSync(file, "utf8"),
  );
  // A file that does not load, an unhandled error or a missed coverage threshold fails the run without a failed test.
  const beyond = done.status !== 0 && numFailedTests === 0 ? 1 : 0;
  if (beyond === 1)
    console.log(
      `${project}: the run itself failed (a file that does not load, an unhandled error, or coverage)`,
    );
  return { passed: numPassedTests, failed: numFailedTests + beyond, skipped: numPendingTests + numTodoTests };
}

/** @returns {Promise<Tally>} */
async function playwright() {
  const file = `${RESULTS}/e2e.json`;
  const done = spawnSync("node_modules/.bin/playwright", ["test", "--reporter=list,json"], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  });
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const { stats } = JSON.parse(readFileSync(file, "utf8"));
  const failed = stats.unexpected + stats.flaky;
  return {
    passed: stats.expected,
    failed: failed + (done.status !== 0 && failed === 0 ? 1 : 0),
    skipped: stats.skipped,
  };
}
