// `npm run check`: types, lint and format, import rules, dead code, and the unit tests. Under a minute, no services needed.
import { spawnSync } from "node:child_process";

/** @type {[name: string, program: string, args: string[]][]} */
export const STATIC_CHECKS = [
  ["types", "tsc", ["--noEmit"]],
  ["lint and format", "biome", ["ci", "--error-on-warnings", "."]],
  [
    "import rules",
    "depcruise",
    [
      "core",
      "agent",
      "server",
      "app",
      "cli",
      "prisma/schema.prisma",
      "tests",
      "--config",
      ".dependency-cruiser.mjs",
    ],
  ],
  ["dead code", "knip", ["--no-progress"]],
];

/** @returns {{ passed: number, failed: string[] }} */
export function runStaticChecks() {
  const failed = [];
  for (const [name, program, args] of STATIC_CHECKS) {
    const started = Date.now();
    const done = spawnSync(`node_modules/.bin/${program}`, args, {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${done.status === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
    if (done.status === 0) continue;
    failed.push(name);
    console.log(`${done.stdout}${done.stderr}`);
  }
  return { passed: STATIC_CHECKS.length - failed.length, failed };
}

if (process.argv[1] === import.meta.filename) {
  const { failed } = runStaticChecks();
  const unit = spawnSync("node_modules/.bin/vitest", ["run", "--project", "unit"], { stdio: "inherit" });
  process.exitCode = failed.length === 0 && unit.status === 0 ? 0 : 1;
}
