import { describe, expect, test } from "vitest";
import { INDEXED_FACTS, SHELF_FACTS } from "#core/ask/kinds.ts";
import { contentText, type Term, termsOf } from "#core/ask/terms.ts";
import { stableFact } from "#core/report/digest.ts";
import { EXAMPLE_VALUES, exampleFacts } from "#core/report/example-facts.ts";
import { observed, unknown } from "#core/report/fact.ts";
import type { FactKind, FactValue } from "#core/report/kinds.ts";

function termsIn<K extends FactKind>(kind: K, value: FactValue<K>) {
  return termsOf(kind, stableFact(kind, observed(value) as never));
}

describe("terms", () => {
  test("a module is its name and its version, a unit its name and its state [EXP-9]", () => {
    expect(termsIn("modules", EXAMPLE_VALUES.modules)).toEqual([
      { kind: "module", name: "nvidia", value: "580.1" },
      { kind: "module", name: "snd_pcm", value: "" },
    ]);
    expect(termsIn("units", EXAMPLE_VALUES.units)).toContainEqual({
      kind: "unit",
      name: "safety.service",
      value: "active (running)",
    });
  });

  test("of a device owner's values: texts as they are, numbers by name and unit, firmware twice [EXP-9]", () => {
    const one = { owner: "su", unit: null, quality: "good", ageMs: 0 } as const;
    expect(
      termsIn("provided", [
        { ...one, id: "temperature", value: 21.4, unit: "°C" },
        { ...one, id: "firmware", value: "SURVBOX:3" },
        { ...one, id: "referenced", value: true },
        { ...one, id: "serial", value: null },
      ]),
    ).toEqual([
      { kind: "firmware", name: "su/firmware", value: "SURVBOX:3" },
      { kind: "number", name: "su/temperature", value: "°C" },
      { kind: "provided", name: "su/firmware", value: "SURVBOX:3" },
      { kind: "provided", name: "su/referenced", value: "true" },
      { kind: "provided", name: "su/serial", value: "" },
    ]);
  });

  test.each<[string, () => Term[] | null, Term[]]>([
    [
      "a kernel without PREEMPT_RT answers the question for it",
      () =>
        termsIn("kernel", { ...EXAMPLE_VALUES.kernel, realtime: false, parameters: ["quiet", "init=/x"] }),
      [
        { kind: "kernel", name: "kernel", value: EXAMPLE_VALUES.kernel.release },
        { kind: "kernel", name: "realtime", value: "no" },
        { kind: "parameter", name: "quiet", value: "set" },
      ],
    ],
    [
      "a module without a version is told apart by its source",
      () =>
        termsIn("modules", {
          ...EXAMPLE_VALUES.modules,
          loaded: [{ name: "spcm", version: null, srcversion: "9F3", taint: "" }],
        }),
      [{ kind: "module", name: "spcm", value: "srcversion 9F3" }],
    ],
    [
      "a firmware of no named vendor is found as firmware",
      () => termsIn("firmware", { ...EXAMPLE_VALUES.firmware, vendor: null }),
      [{ kind: "firmware", name: "firmware", value: "1.70" }],
    ],
    [
      "a GPU driver that does not fit its library is found by that problem, its missing library not at all",
      () =>
        termsIn("gpus", {
          ...EXAMPLE_VALUES.gpus,
          cards: [],
          userlandVersion: null,
          problem: "driver-library-mismatch",
        }),
      [{ kind: "gpu", name: "problem", value: "driver-library-mismatch" }],
    ],
    [
      "a safety daemon that does not name itself is not found by an empty name",
      () => termsIn("safety", { ...EXAMPLE_VALUES.safety, daemon: null }),
      [{ kind: "safety", name: "limits", value: "aa" }],
    ],
    [
      "a safety daemon that was never heard has no limits to ask for",
      () => termsIn("safety", { ...EXAMPLE_VALUES.safety, last: null }),
      [{ kind: "safety", name: "safety", value: "1.4.0" }],
    ],
    [
      "a scanner whose running system could not be seen is found by none",
      () => termsIn("closures", { ...EXAMPLE_VALUES.closures, running: unknown("not-readable") }),
      [],
    ],
    ["what has no shelf has no terms", () => termsIn("disks", EXAMPLE_VALUES.disks), []],
  ])("%s [EXP-9]", (_what, terms, expected) => expect(terms()).toEqual(expected));

  test("a number that moves leaves the content of the index as it is [EXP-9]", () => {
    const at = (value: number) =>
      contentText(
        termsIn("provided", [{ owner: "c", id: "flow", value, unit: "l/min", quality: "good", ageMs: 0 }]) ??
          [],
      );
    expect(at(1)).toBe(at(2));
  });

  test("of what could not be seen there are none, which is not an empty list [SEE-14]", () => {
    expect(termsOf("modules", stableFact("modules", unknown("not-readable")))).toBeNull();
    expect(termsIn("modules", { ...EXAMPLE_VALUES.modules, loaded: [] })).toEqual([]);
  });

  test("every indexed fact of a healthy scanner has terms, and only on its own shelves [EXP-9]", () => {
    const facts = exampleFacts();
    for (const kind of INDEXED_FACTS) {
      const terms = termsOf(kind, stableFact(kind, facts[kind] as never));
      expect(terms?.length, kind).toBeGreaterThan(0);
      for (const term of terms ?? []) expect(SHELF_FACTS[term.kind]).toContain(kind);
    }
  });

  test("a name longer than the index takes is found by its beginning, whatever its letters [Z-10]", () => {
    const [found] = termsIn("safety", {
      ...EXAMPLE_VALUES.safety,
      last: { ...EXAMPLE_VALUES.safety.last, limitsHash: "\u{1F600}".repeat(64) } as never,
    })?.filter(({ name }) => name === "limits") ?? [{ value: "" }];
    expect([...found!.value]).toHaveLength(64);
    const long = termsIn("provided", [
      { owner: "a", id: "b", value: "\u{1F600}".repeat(256), unit: null, quality: "good", ageMs: 0 },
    ]);
    expect(Buffer.byteLength(long?.[0]?.value ?? "")).toBe(800);
  });
});
