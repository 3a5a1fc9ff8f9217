import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { everyCell } from "#tests/system/fault-cells.ts";
import { cellsPage } from "#tests/system/fault-cells-page.ts";
import { CHECKS } from "#tests/system/removed-checks.ts";
import { REMOVED } from "#tests/system/safeguards.ts";

const ROOT = path.resolve(import.meta.dirname, "..");

test("the table of faults and steps has the 137 cells that apply, and is made from the committed logs [ACT-3]", () => {
  const cells = everyCell();
  expect(cells).toHaveLength(137);
  for (const { seen, tested, isHit } of cells) expect(seen.length + tested.length > 0).toBe(isHit);
  expect(readFileSync(path.join(ROOT, "docs/fault-cells.md"), "utf8")).toBe(cellsPage());
});

test("every test that the table names is there under that title", () => {
  for (const { tested } of everyCell())
    for (const { file, title } of tested)
      expect(readFileSync(path.join(ROOT, file), "utf8").includes(`"${title}`), `${file}: ${title}`).toBe(
        true,
      );
});

test("everything that a sweep takes out is there to be taken out", () => {
  for (const { what, edits } of [...CHECKS, ...REMOVED])
    for (const [file, from] of edits)
      expect(readFileSync(path.join(ROOT, file), "utf8").includes(from), what).toBe(true);
});
