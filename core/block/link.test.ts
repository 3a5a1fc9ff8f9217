import { describe, expect, test } from "vitest";
import type { Item } from "#core/manifest/item.ts";
import { exampleFacts, withoutFact } from "#core/report/example-facts.ts";
import type { Facts } from "#core/report/report.ts";
import { exampleRows } from "./example-rows.ts";
import { type DiagramLink, linksOf } from "./link.ts";

const SILENT = withoutFact(exampleFacts(), "provided");
const ABSENT: Partial<Item> = { kind: "unit", args: { name: "gone.service" } };
const UNSEEN: Partial<Item> = { args: { owner: "daq", id: "gone" } };

const linkOf = (items: readonly Partial<Item>[], facts?: Facts) =>
  linksOf("daq", exampleRows(items, facts), true);

describe("a link [TRI-7]", () => {
  test.each<[string, Partial<Item>[], Facts, Partial<DiagramLink>]>([
    ["of which everything is read is connected", [{}], exampleFacts(), { state: "ok", sinceMs: null }],
    ["of which nothing is read is silent", [{}], SILENT, { state: "silent", sinceMs: 5_000 }],
    [
      "of which what hangs on it is looked for and not there is broken",
      [ABSENT],
      exampleFacts(),
      { state: "broken", sinceMs: 5_000 },
    ],
    [
      "of which one part is gone and the rest unseen is broken",
      [ABSENT, UNSEEN],
      exampleFacts(),
      { state: "broken" },
    ],
    ["of which one part answers is not known to be cut", [{}, UNSEEN], exampleFacts(), { state: "unknown" }],
    ["of which one part answers is there, whatever is gone", [{}, ABSENT], exampleFacts(), { state: "ok" }],
  ])("%s [SEE-14]", (_what, items, facts, link) => {
    const named = items.map((item) => ({ link: "serial" as const, ...item }));
    expect(linkOf(named, facts)).toEqual([expect.objectContaining({ kind: "serial", ...link })]);
  });

  test("of a scanner that is not heard now is unknown, whatever was read last [SEE-14]", () => {
    expect(linksOf("daq", exampleRows([{ link: "network" }]), false)).toEqual([
      { kind: "network", state: "unknown", sinceMs: null, safety: false },
    ]);
  });

  test("that the manifest does not name is one of no known kind", () => {
    expect(linkOf([{}, { id: "b" }])).toEqual([{ kind: null, state: "ok", sinceMs: null, safety: false }]);
  });

  test("that is worse stands first, whatever its kind", () => {
    const links = linkOf([{ link: "network" }, { link: "serial", ...UNSEEN }, { link: "usb", ...ABSENT }]);
    expect(links.map(({ kind, state }) => [kind, state])).toEqual([
      ["usb", "broken"],
      ["serial", "silent"],
      ["network", "ok"],
    ]);
  });

  test("is cut since the first of what is gone; what was never dated dates nothing", () => {
    const [first, second, third] = exampleRows([ABSENT, ABSENT, ABSENT]);
    if (first === undefined || second === undefined || third === undefined) throw new Error("three rows");
    const undated = { ...first, sinceMs: null };
    const rows = [undated, second, { ...third, sinceMs: 4_000 }];
    expect(linksOf("daq", rows, true)).toMatchObject([{ sinceMs: 4_000 }]);
    expect(linksOf("daq", [undated], true)).toMatchObject([{ state: "broken", sinceMs: null }]);
  });

  test("over which what protects the scanner is heard says so", () => {
    expect(linkOf([{}, { class: "safety" }])).toMatchObject([{ safety: true }]);
    expect(linkOf([{}])).toMatchObject([{ safety: false }]);
  });

  test("is drawn to no block inside the main computer, and to none that nothing is expected of", () => {
    expect(linksOf("safety", exampleRows([{}]), true)).toEqual([]);
    expect(linksOf("daq", [], true)).toEqual([]);
  });
});
