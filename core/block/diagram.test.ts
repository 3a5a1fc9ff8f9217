import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Compared } from "#core/finding/finding.ts";
import { BLOCKS, ITEM_CLASSES, type Item } from "#core/manifest/item.ts";
import { EXAMPLE_VALUES, exampleFacts, withoutFact } from "#core/report/example-facts.ts";
import type { Facts } from "#core/report/report.ts";
import { type Diagram, type DiagramInput, drawDiagram, readDiagram } from "./diagram.ts";
import { EXAMPLE_ITEM, exampleRows } from "./example-rows.ts";
import { blockOf } from "./place.ts";
import { BLOCK_STATUSES } from "./status.ts";

const HEARD: Item = {
  ...EXAMPLE_ITEM,
  id: "safety.link",
  kind: "safety-link",
  args: {},
  expect: { op: "eq", want: "connected" },
  class: "safety",
};

const NEVER: Partial<DiagramInput> = { expected: false, knowledge: "never", facts: {} };

function draw(items: readonly Partial<Item>[], rest: Partial<DiagramInput> = {}): Diagram {
  const facts = rest.facts ?? exampleFacts();
  return drawDiagram({
    compared: exampleRows(items, facts),
    facts,
    expected: true,
    knowledge: "now",
    ...rest,
  });
}

const block = (diagram: Diagram, name: (typeof BLOCKS)[number]) => {
  const found = diagram.blocks.find((one) => one.block === name);
  if (found === undefined) throw new Error(`${name} is not drawn`);
  return found;
};

describe("a block is nominal only when all its items were seen and are equal [TRI-7, SEE-14]", () => {
  const statusOf = (diagram: Diagram) => block(diagram, "daq").status;

  test.each<[string, Partial<Item>[], Partial<DiagramInput>, string]>([
    ["all equal", [{}], {}, "nominal"],
    ["differs", [{}, { expect: { op: "eq", want: 12 } }], {}, "failed"],
    ["configuration differs", [{}, { expect: { op: "eq", want: 12 }, class: "config" }], {}, "drifted"],
    ["safety differs", [{ expect: { op: "eq", want: 12 }, class: "safety" }], {}, "unsafe"],
    ["information differs", [{ expect: { op: "eq", want: 12 }, class: "info" }], {}, "noted"],
    [
      "not reported",
      [{}, { args: { owner: "daq", id: "none" } }],
      { facts: withoutFact(exampleFacts(), "provided") },
      "unknown",
    ],
    [
      "configuration not reported",
      [{}, { args: { owner: "daq", id: "none" }, class: "config" }],
      { facts: withoutFact(exampleFacts(), "provided") },
      "unknown",
    ],
    ["silent", [{}], { knowledge: "past" }, "unknown"],
    ["never heard", [{}], { knowledge: "never", facts: {} }, "unknown"],
  ])("%s", (_what, items, rest, status) => expect(statusOf(draw(items, rest))).toBe(status));

  test.each<[string, Partial<Item>, string]>([
    ["the word of a trip is the trip", { kind: "safety-state", expect: { op: "eq", want: "ok" } }, "tripped"],
    [
      "a limit is not what a trip explains",
      { kind: "safety-limits", expect: { op: "eq", want: "b" } },
      "unsafe",
    ],
  ])("while a daemon trips, %s [F26]", (_what, item, status) => {
    const last = { ...EXAMPLE_VALUES.safety.last!, state: "tripped" as const };
    const facts = exampleFacts({ safety: { last } });
    expect(block(draw([{ ...HEARD, ...item }], { facts }), "safety").status).toBe(status);
  });

  test("a past is told as one, and an unsafe block stays unsafe while nobody hears it", () => {
    expect(block(draw([{}], { knowledge: "past" }), "daq")).toMatchObject({
      status: "unknown",
      was: "nominal",
    });
    const unsafe = draw([{ expect: { op: "eq", want: 12 }, class: "safety" }], { knowledge: "past" });
    expect(block(unsafe, "daq")).toMatchObject({ status: "unsafe", was: null });
  });

  const item = fc.record({
    kind: fc.constantFrom("provided", "unit", "safety-link", "kernel-release", "newer-kind"),
    class: fc.constantFrom(...ITEM_CLASSES),
    block: fc.option(fc.constantFrom(...BLOCKS), { nil: undefined }),
    want: fc.constantFrom<string | number>(11, 12, "active", "connected", "6.12.40"),
  });
  const items = fc.array(item, { maxLength: 12 }).map((list) =>
    list.map(({ kind, want, block: at, ...one }) => ({
      ...one,
      kind,
      args: { provided: EXAMPLE_ITEM.args, unit: { name: "daq.service" } }[kind as "unit"] ?? {},
      expect: { op: "eq" as const, want },
      ...(at === undefined ? {} : { block: at }),
    })),
  );
  const lost = fc.subarray(Object.keys(EXAMPLE_VALUES) as (keyof Facts)[], { maxLength: 4 });
  const knowledge = fc.constantFrom<DiagramInput["knowledge"]>("now", "past", "never");

  test("whatever is expected and seen", () => {
    fc.assert(
      fc.property(items, lost, knowledge, (list, gone, known) => {
        const facts = gone.reduce((left, kind) => withoutFact(left, kind), exampleFacts());
        const rows = exampleRows(list, facts);
        for (const one of draw(list, { facts, knowledge: known }).blocks) {
          if (one.status !== "nominal") continue;
          const own = rows.filter((row) => blockOf(row.item) === one.block);
          expect(known).toBe("now");
          expect(own.length).toBeGreaterThan(0);
          expect(own.every(({ finding, reading }) => finding === null && reading.state === "known")).toBe(
            true,
          );
          expect(one.parts.every(({ status }) => status === "nominal")).toBe(true);
        }
      }),
    );
  });

  test("adding a fault never makes a block look better", () => {
    const rank = (diagram: Diagram, name: (typeof BLOCKS)[number]) => {
      const at = diagram.blocks.find((one) => one.block === name)?.status ?? "not-expected";
      return BLOCK_STATUSES.indexOf(at);
    };
    fc.assert(
      fc.property(
        items.filter((list) => list.length > 0),
        fc.nat(),
        knowledge,
        (list, at, known) => {
          const rows = exampleRows(list);
          const place = at % rows.length;
          const faulty = rows.map((row, index) => (index === place ? broken(row) : row));
          const facts = exampleFacts();
          const input = { facts, expected: true, knowledge: known };
          const before = drawDiagram({ ...input, compared: rows });
          const after = drawDiagram({ ...input, compared: faulty });
          for (const name of BLOCKS) expect(rank(after, name)).toBeLessThanOrEqual(rank(before, name));
        },
      ),
    );
  });

  /** The same item, seen to differ; one that was not even seen stays as it is. */
  function broken(row: DiagramInput["compared"][number]): DiagramInput["compared"][number] {
    if (row.finding !== null) return row;
    const finding: NonNullable<Compared["finding"]> = {
      ...{ itemId: row.item.id, kind: row.item.kind, class: row.item.class, expected: row.item.expect },
      ...{ problem: "differs", unit: null, actual: "other", reason: null, riskControlId: null },
    };
    return { ...row, finding, sinceMs: 9 };
  }
});

describe("what is drawn", () => {
  test("the main computer's own always, a device only where something is expected or said of it", () => {
    const diagram = draw([HEARD], { facts: withoutFact(exampleFacts(), "provided") });
    expect(diagram.blocks.map((one) => one.block)).toEqual(["ui", "services", "drivers", "safety"]);
    expect(diagram.leftOut).toContain("motion");
    expect(draw([{ block: "motion" }]).blocks.map((one) => one.block)).toContain("motion");
    expect(block(draw([HEARD]), "daq").status).toBe("not-expected");
  });

  test("without a baseline nothing is compared, and a bad word of the daemon still counts [EXP-8]", () => {
    const quiet = draw([], { expected: false });
    expect(quiet.blocks.map(({ status }) => status)).toEqual(quiet.blocks.map(() => "not-compared"));
    expect(readDiagram(quiet)).toMatchObject({ code: "not-compared", total: 0 });
    const last = { ...EXAMPLE_VALUES.safety.last!, bypasses: ["surveillance"] };
    const bypassed = draw([], { expected: false, facts: exampleFacts({ safety: { last } }) });
    expect(block(bypassed, "safety")).toMatchObject({ status: "unsafe", safety: "bypassed" });
  });

  test("a scanner without a safety daemon gets an honest block [SEE-11]", () => {
    const facts = exampleFacts({ safety: { link: "absent", last: null } });
    expect(block(draw([{}], { facts }), "safety")).toMatchObject({ status: "not-expected", safety: "none" });
    const unit = {
      kind: "unit",
      args: { name: "safety.service" },
      expect: { op: "eq", want: "active" },
    } as const;
    expect(block(draw([unit], { facts }), "safety").status).toBe("not-expected");
    expect(draw([{}], { facts }).chain).toBeNull();
    expect(block(draw([HEARD], { facts }), "safety")).toMatchObject({ status: "unsafe", safety: "lost" });
  });

  test("a silent daemon's chain is its last words, and the block is lost [SEE-11]", () => {
    const diagram = draw([HEARD], { facts: exampleFacts({ safety: { link: "silent" } }) });
    expect(block(diagram, "safety")).toMatchObject({ status: "unsafe", safety: "lost", sinceMs: 5_000 });
    expect(diagram.chain).toMatchObject({ heard: "past" });
    expect(draw([HEARD]).chain).toMatchObject({ heard: "now" });
    expect(draw([HEARD], { knowledge: "past" }).chain).toMatchObject({ heard: "past" });
    const awaited = { ...HEARD, kind: "safety-chain", args: { element: "door" } };
    const never = draw([awaited], { facts: exampleFacts({ safety: { link: "absent", last: null } }) });
    expect(never.chain).toEqual({ elements: [{ id: "door", state: "unknown" }], heard: "never" });
    const nameless = draw([{ ...awaited, args: {} }], { facts: withoutFact(exampleFacts(), "safety") });
    expect(nameless.chain).toBeNull();
  });

  test("a difference elsewhere is drawn where it is, not a second time at the daemon", () => {
    const diagram = draw([HEARD, { block: "surveillance", class: "safety", expect: { op: "eq", want: 12 } }]);
    expect(block(diagram, "surveillance").status).toBe("unsafe");
    expect(block(diagram, "safety").status).toBe("nominal");
    expect(readDiagram(diagram)).toMatchObject({ code: "findings", total: 2, findings: ["surveillance"] });
  });

  test("parts inside a block have a status of their own", () => {
    const diagram = draw([{ part: "rp-1" }, { part: "rp-2", expect: { op: "eq", want: 12 } }]);
    expect(block(diagram, "daq").parts).toEqual([
      { part: "rp-1", status: "nominal" },
      { part: "rp-2", status: "failed" },
    ]);
    const worse = [
      { part: "rp-1" },
      { part: "rp-1", expect: { op: "eq", want: 12 } },
      { part: "rp-1" },
    ] as const;
    expect(block(draw(worse), "daq").parts).toEqual([{ part: "rp-1", status: "failed" }]);
  });

  test("the line says what is wrong, worst first, or what runs there", () => {
    const trouble = draw([
      { expect: { op: "eq", want: 12 }, class: "config", id: "a" },
      { expect: { op: "eq", want: 12 }, class: "function", id: "b" },
    ]);
    expect(block(trouble, "daq").summary).toMatchObject([
      { kind: "finding", finding: { itemId: "b", actual: 11 } },
      { kind: "said", reason: { code: "more-findings", params: { count: 1 } } },
    ]);
    const quiet = draw([{ id: "daq.calibration", unit: "V" }]);
    expect(block(quiet, "daq").summary).toEqual([
      { kind: "value", label: "calibration", value: 11, unit: "V" },
    ]);
    const zones = ["zone-1", "zone-2"].map((part) => ({ id: `${part}/temperature`, part, unit: "°C" }));
    expect(block(draw(zones), "daq").summary).toMatchObject([{ label: "zone-1" }, { label: "zone-2" }]);
    expect(block(quiet, "drivers").summary).toContainEqual({ kind: "name", text: "nvidia 580.1" });
  });
});

describe("the drawing reads as one sentence [TRI-7, SEE-14]", () => {
  const gone = { args: { owner: "daq", id: "gone" } };
  const differs = { expect: { op: "eq", want: 12 } } as const;

  test.each<[string, Partial<Item>[], Partial<DiagramInput>, Partial<ReturnType<typeof readDiagram>>]>([
    ["all seen and equal", [{}, HEARD], {}, { code: "nominal", total: 2, findings: [], unseen: [] }],
    ["something not seen is never nominal", [gone, HEARD], {}, { code: "unseen", unseen: ["daq"] }],
    [
      "what differs comes before what was not seen",
      [differs, { ...gone, block: "motion" }],
      {},
      {
        code: "findings",
        findings: ["daq"],
        unseen: ["motion"],
      },
    ],
    [
      "a silent scanner is a past, whatever it said",
      [{}],
      { knowledge: "past" },
      { code: "past", unseen: ["daq"] },
    ],
    ["a scanner nobody heard is not compared to anything", [], NEVER, { code: "never", total: 0 }],
  ])("%s", (_what, items, rest, reading) => {
    expect(readDiagram(draw(items, rest))).toMatchObject(reading);
  });

  test("of a scanner that nobody heard and that nothing is expected of, every block is unknown", () => {
    const { blocks } = draw([], NEVER);
    expect(blocks.map(({ status, was }) => [status, was])).toEqual(blocks.map(() => ["unknown", null]));
  });
});
