import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
/** Written by `npm run trace`; there is none before the first `npm test`. */
const GENERATED = ["docs/traceability.md"];
/** Names what is still to be built, too. */
const PLANS = ["docs/requirements.md"];
const PAGES = [
  "README.md",
  ...["docs", "docs/decisions"].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  ),
].filter((page) => ![...GENERATED, ...PLANS].includes(page));

/** A file of this repository by its path from the root, as the pages write it. */
const NAMED = /`((?:agent|app|cli|core|docs|nix|prisma|scripts|server|tests)\/[\w./@()[\]-]+\.[a-z]+)`/g;
const LINKED = /\]\((?!https?:|#)([^)#\s]+)[)#]/g;

describe.each(PAGES)("%s", (page) => {
  const text = readFileSync(join(ROOT, page), "utf8");

  test("names only files that exist", () => {
    const named = [...text.matchAll(NAMED)].map(([, path = ""]) => path);
    expect(named.filter((path) => !existsSync(join(ROOT, path)) && !GENERATED.includes(path))).toEqual([]);
  });

  test("links only to pages and pictures that exist", () => {
    const linked = [...text.matchAll(LINKED)].map(([, path = ""]) => join(dirname(page), path));
    expect(linked.filter((path) => !existsSync(join(ROOT, path)) && !GENERATED.includes(path))).toEqual([]);
  });
});

test("the tour names the files it walks through", () => {
  const tour = readFileSync(join(ROOT, "docs/tour.md"), "utf8");
  expect([...tour.matchAll(NAMED)].length).toBeGreaterThan(40);
});
