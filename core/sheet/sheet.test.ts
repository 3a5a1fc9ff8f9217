import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { delimiterOf } from "./delimiter.ts";
import { guardCell, unguardCell } from "./guard.ts";
import { type KnownForLabels, type LabelledScanner, planLabels } from "./label-plan.ts";
import { type KnownForSites, planSites } from "./site-plan.ts";
import type { SheetLine } from "./table.ts";

const lines = (...rows: string[]): SheetLine[] =>
  rows.map((row, index) => ({ line: index + 1, cells: row === "" ? [""] : row.split(",") }));
const told = (problems: readonly { line: number; column: string | null; reason: { code: string } }[]) =>
  problems.map(({ line, column, reason }) => [line, column, reason.code]);

describe("the guard against formulas (CWE-1236)", () => {
  test.each(["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=x", "＝x"])("%j is guarded", (text) => {
    expect(guardCell(text)).toBe(`'${text}`);
    expect(unguardCell(`'${text}`)).toBe(text);
  });

  test("takes nothing from what people typed", () => {
    expect(unguardCell("'s Gravenhage")).toBe("'s Gravenhage");
    expect(guardCell("FM-25")).toBe("FM-25");
    expect(unguardCell("FM-25")).toBe("FM-25");
  });

  test("is undone exactly, whatever the text", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^['=+@-]{1,3}[a-z]{0,3}$/));
    fc.assert(
      fc.property(text, (one) => {
        expect(unguardCell(guardCell(one))).toBe(one);
      }),
      { numRuns: 1_000 },
    );
  });
});

test.each([
  ["serial,alias", ","],
  ["serial;alias\r\n1,2,3", ";"],
  ["serial\talias", "\t"],
  ["serial", ","],
  ["", ","],
])("the first line of %j tells what separates", (text, delimiter) => {
  expect(delimiterOf(text)).toBe(delimiter);
});

const scanner = (change: Partial<LabelledScanner> = {}): LabelledScanner => ({
  serial: "A1",
  alias: "Bay",
  model: null,
  revision: null,
  room: null,
  site: "Kiel",
  tags: ["trial"],
  retired: false,
  movable: true,
  ...change,
});
const known = (...scanners: LabelledScanner[]): KnownForLabels => ({
  scanners: new Map(scanners.map((one) => [one.serial, one])),
  sites: new Map([
    ["Kiel", { closed: false }],
    ["Bonn", { closed: false }],
    ["Ulm", { closed: true }],
  ]),
});

describe("a sheet of labels", () => {
  test("changes what it says, leaves columns alone that it lacks, and takes away what is empty", () => {
    const plan = planLabels(
      lines("Serial,ALIAS,Model,site,tags", "A1,,FM-25,Bonn,Trial new"),
      known(scanner()),
    );
    expect(plan.problems).toEqual([]);
    expect(plan.changes).toMatchObject([
      {
        line: 2,
        about: "A1",
        fields: [
          { field: "alias", from: "Bay", to: null },
          { field: "model", from: null, to: "FM-25" },
          { field: "site", from: "Kiel", to: "Bonn" },
          { field: "tags", from: "trial", to: "new trial" },
        ],
      },
    ]);
    expect(plan.changes[0]?.to).not.toHaveProperty("room");
  });

  test("empty tags take all of them away, and the first ones come to none", () => {
    const both = known(scanner(), scanner({ serial: "A2", tags: [] }));
    const plan = planLabels(lines("serial,tags", "A1,", "A2,x"), both);
    expect(plan.changes.map(({ fields }) => fields)).toEqual([
      [{ field: "tags", from: "trial", to: null }],
      [{ field: "tags", from: null, to: "x" }],
    ]);
  });

  test("what is so already is no change", () => {
    const plan = planLabels(lines("serial,alias,site,tags", "A1,Bay,Kiel,TRIAL"), known(scanner()));
    expect([plan.changes, plan.unchanged, plan.problems]).toEqual([[], 1, []]);
  });

  test.each<[string, string, [number, string | null, string]]>([
    ["serial", "", [2, "serial", "missing-value"]],
    ["serial", "B9", [2, "serial", "unknown-serial"]],
    ["serial", "R1", [2, "serial", "retired-serial"]],
    ["serial,room", `A1,${"x".repeat(121)}`, [2, "room", "too-long"]],
    ["serial,site", "A1,", [2, "site", "missing-value"]],
    ["serial,site", "A1,Rome", [2, "site", "unknown-site"]],
    ["serial,site", "A1,Ulm", [2, "site", "closed-site"]],
    ["serial,site", "F1,Bonn", [2, "site", "move-not-allowed"]],
    ["serial,tags", "A1,<b>", [2, "tags", "not-a-tag"]],
    [
      "serial,tags",
      `A1,${Array.from({ length: 21 }, (_, n) => `t${n}`).join(" ")}`,
      [2, "tags", "too-many-tags"],
    ],
    ["serial,alias", "A1", [2, null, "other-cell-count"]],
    ["alias", "x", [1, "serial", "missing-column"]],
    ["serial,Serial", "A1,A1", [1, "serial", "doubled-column"]],
  ])("%s / %s is wrong there and nowhere else", (head, row, expected) => {
    const plan = planLabels(
      lines(head, row),
      known(scanner(), scanner({ serial: "R1", retired: true }), scanner({ serial: "F1", movable: false })),
    );
    expect(told(plan.problems)).toEqual([expected]);
    expect(plan.changes).toEqual([]);
  });

  test("a serial named twice is wrong the second time, and an empty sheet is said to be one", () => {
    expect(told(planLabels(lines("serial", "A1", "A1"), known(scanner())).problems)).toEqual([
      [3, "serial", "named-twice"],
    ]);
    expect(told(planLabels([], known()).problems)).toEqual([[1, null, "empty-sheet"]]);
  });

  test("columns nobody knows are named and left aside", () => {
    const plan = planLabels(lines("serial,price,", "A1,9,"), known(scanner()));
    expect([plan.unknownColumns, plan.problems, plan.unchanged]).toEqual([["price"], [], 1]);
  });
});

const knownSites = (change: Partial<KnownForSites> = {}): KnownForSites => ({
  sites: new Map([
    ["Kiel", { region: "North", timeZone: "Europe/Berlin", closed: false }],
    ["Ulm", { region: "South", timeZone: "Europe/Berlin", closed: true }],
  ]),
  regions: new Set(["North", "South"]),
  newRegions: false,
  isTimeZone: (name) => name.includes("/"),
  ...change,
});

describe("a sheet of sites", () => {
  test("makes sites, moves them to another region, and changes their time zone", () => {
    const plan = planSites(
      lines("name,region,time_zone", "Kiel,South,Europe/Berlin", "Bonn,North,Europe/Paris"),
      knownSites(),
    );
    expect(plan.changes).toMatchObject([
      { about: "Kiel", isNew: false, fields: [{ field: "region", from: "North", to: "South" }] },
      { about: "Bonn", isNew: true, to: { name: "Bonn", region: "North", timeZone: "Europe/Paris" } },
    ]);
  });

  test("a column that is missing stays as it is, and a new site needs all of them", () => {
    expect(planSites(lines("name", "Kiel"), knownSites())).toMatchObject({ unchanged: 1, problems: [] });
    expect(told(planSites(lines("name", "Bonn"), knownSites()).problems)).toEqual([
      [2, "region", "missing-value"],
      [2, "time zone", "missing-value"],
    ]);
  });

  test.each<[string, [number, string, string]]>([
    [",North,a/b", [2, "name", "missing-value"]],
    [`${"x".repeat(121)},North,a/b`, [2, "name", "too-long"]],
    [`Bonn,${"x".repeat(121)},a/b`, [2, "region", "too-long"]],
    ["Bonn,East,a/b", [2, "region", "unknown-region"]],
    ["Bonn,North,CET", [2, "time zone", "not-a-zone"]],
    ["Ulm,South,Europe/Berlin", [2, "name", "closed-site"]],
  ])("%s is wrong there", (row, expected) => {
    expect(told(planSites(lines("name,region,time zone", row), knownSites()).problems)).toEqual([expected]);
  });

  test("a region nobody has named yet is made by whoever may", () => {
    const plan = planSites(lines("name,region,time zone", "Bonn,East,a/b"), knownSites({ newRegions: true }));
    expect([plan.problems, plan.changes.length]).toEqual([[], 1]);
  });

  test("a name that stands there twice is wrong the second time", () => {
    expect(told(planSites(lines("name", "Kiel", "Kiel"), knownSites()).problems)).toEqual([
      [3, "name", "named-twice"],
    ]);
  });
});
