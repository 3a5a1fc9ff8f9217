import { describe, expect, test } from "vitest";
import type { Block, Item } from "#core/manifest/item.ts";
import { EXAMPLE_VALUES, exampleFacts } from "#core/report/example-facts.ts";
import { unknown } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";
import { EXAMPLE_ITEM, exampleRows } from "./example-rows.ts";
import { type Piece, quietSummary } from "./summary.ts";

const { kernel, modules, safety } = EXAMPLE_VALUES;
const named = (text: string): Piece => ({ kind: "name", text });
const scanning = (change: Partial<typeof safety>, scanState: "idle" | "running" | "unknown" = "running") =>
  exampleFacts({ safety: { last: safety.last && { ...safety.last, scanState }, ...change } });
const driver = (name: string, version: string | null) => ({ name, version, srcversion: null, taint: "" });

describe("what a block without a fault says in one line, from the facts [TRI-7, SEE-14]", () => {
  test.each<[string, Block, Facts, Piece[]]>([
    [
      "a scan that the daemon tells of",
      "ui",
      scanning({}),
      [{ kind: "said", reason: { code: "scan", params: { scan: "running" } } }],
    ],
    ["no scan of a daemon that is not heard now", "ui", scanning({ link: "silent" }), []],
    ["no scan of a daemon that has said nothing yet", "ui", scanning({ last: null }), []],
    ["no scan where the daemon does not know", "ui", scanning({}, "unknown"), []],
    [
      "the kernel, that it is a real-time one, and the GPU's driver",
      "drivers",
      exampleFacts(),
      [named(kernel.release), named("PREEMPT_RT"), named("nvidia 580.1")],
    ],
    [
      "a driver that names no version by its name",
      "drivers",
      exampleFacts({ kernel: { realtime: false }, modules: { loaded: [driver("nvidia", null)] } }),
      [named(kernel.release), named("nvidia")],
    ],
    [
      "no GPU's driver where none is loaded",
      "drivers",
      exampleFacts({ modules: { loaded: modules.loaded.filter(({ name }) => name !== "nvidia") } }),
      [named(kernel.release), named("PREEMPT_RT")],
    ],
    [
      "nothing of what could not be seen",
      "drivers",
      { ...exampleFacts(), kernel: unknown("not-readable"), modules: unknown("not-readable") },
      [],
    ],
    [
      "what a device publishes although nobody expects it",
      "daq",
      exampleFacts(),
      [{ kind: "value", label: "calibration", value: 11, unit: "V" }],
    ],
    [
      "no value that its owner does not vouch for",
      "daq",
      exampleFacts({ provided: EXAMPLE_VALUES.provided.map((one) => ({ ...one, quality: "suspect" })) }),
      [],
    ],
  ])("%s", (_what, block, facts, pieces) => expect(quietSummary(block, [], facts)).toEqual(pieces));
});

describe("what a block without a fault says in one line, from its items [TRI-7, SEE-14]", () => {
  const unit = (change: Partial<Item> = {}): Partial<Item> => ({
    ...{ kind: "unit", args: { name: "daq.service" }, expect: { op: "eq", want: "active" } },
    ...change,
  });
  const value = (id: string, change: Partial<Item> = {}): Partial<Item> => ({ id, ...change });

  test.each<[string, Partial<Item>[], Piece[]]>([
    ["a unit by its name", [unit()], [named("daq")]],
    [
      "a unit once, however much of it is expected",
      [
        unit(),
        unit({ args: { name: "daq.service", field: "enabled" }, expect: { op: "eq", want: "enabled" } }),
      ],
      [named("daq")],
    ],
    [
      "no unit that must not be there and is not",
      [unit({ args: { name: "debug.service" }, expect: { op: "present", want: false } })],
      [{ kind: "said", reason: { code: "items-equal", params: { count: 1 } } }],
    ],
    [
      "a module by its name",
      [{ kind: "module", args: { name: "nvidia" }, expect: { op: "present", want: true } }],
      [named("nvidia")],
    ],
    [
      "a value with the last word of its id",
      [value("cooling.supply:celsius", { unit: "°C" })],
      [{ kind: "value", label: "celsius", value: 11, unit: "°C" }],
    ],
    [
      "values of one name by their parts, or by that name where they have none",
      [value("a/flow", { unit: "l/min", part: "pump-1" }), value("b/flow", { unit: "l/min" })],
      [
        { kind: "value", label: "pump-1", value: 11, unit: "l/min" },
        { kind: "value", label: "flow", value: 11, unit: "l/min" },
      ],
    ],
    [
      "how many words are equal instead of one word several times",
      [value("a.ok", { part: "a" }), value("b.ok", { part: "b" })],
      [{ kind: "said", reason: { code: "items-equal", params: { count: 2 } } }],
    ],
    [
      "three things and no more",
      [value("a"), value("b"), value("c"), value("d")],
      ["a", "b", "c"].map((label): Piece => ({ kind: "value", label, value: 11, unit: null })),
    ],
  ])("%s", (_what, items, pieces) => {
    expect(quietSummary("services", exampleRows(items), exampleFacts())).toEqual(pieces);
  });

  test("something that was read and has no name by its id", () => {
    const item: Item = { ...EXAMPLE_ITEM, id: "guard", kind: "unit", args: {} };
    const row = { item, reading: { state: "known" as const, value: "active", ageMs: 0 }, finding: null };
    expect(quietSummary("services", [row], {})).toEqual([named("guard")]);
  });
});
