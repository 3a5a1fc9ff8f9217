import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const TRACE = fileURLToPath(new URL("trace.mjs", import.meta.url));
const REQUIREMENTS =
  "| id | requirement | state |\n|---|---|---|\n| SEE-1 | one | closed |\n| SEE-10 | ten | open |\n| ADM-3 | a | begun: half |\n";

type Ran = { status: number | null; complaint: string; page: string };

/** What `npm run trace` makes of one test with this title and result. */
function traced(title: string, status: "passed" | "failed" | "pending"): Ran {
  const folder = mkdtempSync(join(tmpdir(), "fiducial-trace-"));
  mkdirSync(join(folder, "docs"));
  mkdirSync(join(folder, ".cache/results"), { recursive: true });
  writeFileSync(join(folder, "docs/requirements.md"), REQUIREMENTS);
  const results = { testResults: [{ name: "x.test.ts", assertionResults: [{ fullName: title, status }] }] };
  writeFileSync(join(folder, ".cache/results/unit.json"), JSON.stringify(results));
  const ran = spawnSync(process.execPath, [TRACE], { cwd: folder, encoding: "utf8" });
  const page = readFileSync(join(folder, "docs/traceability.md"), "utf8");
  return { status: ran.status, complaint: ran.stderr, page };
}

describe("requirement, test, last result [RUN-6]", () => {
  test("a closed requirement with a passing test named after it is green, and the page names both", () => {
    const { status, page } = traced("closures stay apart [SEE-1]", "passed");
    expect(status).toBe(0);
    expect(page).toContain("| SEE-1 | closed | closures stay apart [SEE-1] (`x.test.ts`) | passed |");
    expect(page).toContain("| ADM-3 | begun: half | – | – |");
  });

  test.each([
    ["another requirement's test, whose number only begins alike", "ten [SEE-10]", "passed"],
    ["a failed test", "closures stay apart [SEE-1]", "failed"],
    ["a skipped test", "closures stay apart [SEE-1]", "pending"],
  ] as const)("%s does not close it: red, by its id", (_what, title, result) => {
    const { status, complaint } = traced(title, result);
    expect(status).toBe(1);
    expect(complaint).toContain("SEE-1");
  });
});
