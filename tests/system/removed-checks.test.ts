import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { CHECKS } from "./removed-checks.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const ALL = process.env.FIDUCIAL_FAULTS === "all";
if (!ALL) console.log("skipped: tests of builds without a check: part of npm run faults");

describe.skipIf(!ALL)("a build without one check is found by the tests of that check [ACT-3, SIG-2]", () => {
  test.for(CHECKS.map((one) => [one.what, one] as const))("%s", { timeout: 300_000 }, ([, check]) => {
    const { FIDUCIAL_FAULTS: _, ...rest } = process.env;
    const env = { ...rest, NO_COLOR: "1", FIDUCIAL_WITHOUT: JSON.stringify(check.edits) };
    const args = ["run", "--project", "unit", check.foundBy];
    const ran = spawnSync("node_modules/.bin/vitest", args, { cwd: ROOT, env, encoding: "utf8" });
    const failed = [...ran.stdout.matchAll(/^ *(?:×|✗) (.+?)(?: +\d+ms)?$/gm)].map(([, title]) => title);
    console.log(`${check.what}: ${failed.join("; ") || "nothing failed"}`);
    expect({ status: ran.status, said: ran.stderr.match(/has no ".*"/)?.[0] }).toEqual({ status: 1 });
    expect(failed.length, ran.stdout.slice(-2000)).toBeGreaterThan(0);
  });
});
