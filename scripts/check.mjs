// `npm run check`: types, lint and format, import rules, dead code, and the unit tests. About a minute on two cores, no services needed.
import { spawn, spawnSync } from "node:child_process";

/** @type {[name: string, program: string, args: string[]][]} */
const STATIC_CHECKS = [
  ["types", "tsc", ["--noEmit"]],
  ["lint and format", "biome", ["ci", "--error-on-warnings", "."]],
  [
    "import rules",
    "depcruise",
    ["core", "agent", "server", "app", "cli", "demo", "tests", "--config", ".dependency-cruiser.mjs"],
  ],
  ["dead code", "knip", ["--no-progress"]],
];

/** Unit tests that start programs and wait for them; `npm test` runs them with all the others. */
const SLOW = [
  "agent/run-agent",
  "agent/link/kill",
  "agent/collect/safety-socket",
  "agent/collect/check-safety-socket",
  "cli/main",
  "agent/fetch/main",
  "cli/station/main",
];

/** The type check takes one core for as long as all the others take the second. @returns {Promise<{ passed: number, failed: string[] }>} */
export async function runStaticChecks() {
  const [types, ...others] = STATIC_CHECKS.map((one) => () => runCheck(one));
  const results = await Promise.all([types?.() ?? null, inTurn(others)]);
  const failed = results.flat().filter((name) => name !== null);
  return { passed: STATIC_CHECKS.length - failed.length, failed };
}

/** @param {(() => Promise<string | null>)[]} checks */
async function inTurn(checks) {
  const failed = [];
  for (const check of checks) failed.push(await check());
  return failed;
}

/** @param {[name: string, program: string, args: string[]]} check @returns {Promise<string | null>} its name if it failed */
function runCheck([name, program, args]) {
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(`node_modules/.bin/${program}`, args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    child.once("error", reject);
    child.once("close", (status) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
      if (status !== 0) console.log(said);
      resolve(status === 0 ? null : name);
    });
  });
}

if (process.argv[1] === import.meta.filename) {
  const { failed } = await runStaticChecks();
  const unit = spawnSync(
    "node_modules/.bin/vitest",
    ["run", "--project", "unit", ...SLOW.flatMap((name) => ["--exclude", `${name}.test.ts`])],
    { stdio: "inherit" },
  );
  process.exitCode = failed.length === 0 && unit.status === 0 ? 0 : 1;
}
