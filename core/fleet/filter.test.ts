import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHANGES, SAFETIES, SERVICES, SOFTWARES } from "#core/headline/axes.ts";
import {
  cleared,
  type FleetFilter,
  filterEntries,
  HEADLINE_CHOICES,
  isFiltered,
  LINK_CHOICES,
  NO_FILTER,
  PIN_CHOICES,
  readFleetQuery,
  SORTS,
  toggled,
  writeFleetQuery,
} from "./filter.ts";
import { spanMs } from "./span.ts";

const SITE = "019a6f0e-7d34-7b8c-9a51-3f1c22d4e001";

const set = (...words: readonly string[]) => fc.uniqueArray(fc.constantFrom(...words), { maxLength: 4 });
const name = fc.string({ maxLength: 40, unit: "grapheme" }).filter((text) => /^\P{Cc}*$/u.test(text));
const names = fc.uniqueArray(name, { maxLength: 4 });
const full = fc.uniqueArray(
  name.filter((text) => text.trim() !== ""),
  { maxLength: 4 },
);
const one = (values: fc.Arbitrary<string>) => fc.uniqueArray(values, { maxLength: 1 });
const span = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom("s", "m", "h", "d"))
  .map((two) => two.join(""));

const filters = fc.record({
  headline: set(...HEADLINE_CHOICES),
  search: one(name.map((text) => text.trim()).filter((text) => text !== "")),
  site: fc.uniqueArray(fc.uuid(), { maxLength: 3 }),
  region: fc.uniqueArray(fc.uuid(), { maxLength: 3 }),
  model: names,
  tag: names,
  service: set(...SERVICES),
  running: names,
  pinned: names,
  pin: set(...PIN_CHOICES),
  safety: set(...SAFETIES),
  link: set(...LINK_CHOICES),
  software: set(...SOFTWARES),
  change: set(...CHANGES),
  "seen-before": one(span),
  "seen-within": one(span),
  item: full,
  origin: full,
  sort: fc.record({ by: fc.constantFrom(...SORTS), descending: fc.boolean() }),
  notUnderstood: fc.constant([{ name: "colour", value: "red & blue" }]),
});

describe("the filter lives in the address", () => {
  test("what is written is what is read, whatever it holds [UI-1]", () => {
    fc.assert(
      fc.property(filters, (filter) => {
        expect(readFleetQuery(writeFleetQuery(filter as unknown as FleetFilter))).toEqual(filter);
      }),
    );
  });

  test("every text is read, and reading it again says the same", () => {
    fc.assert(
      fc.property(fc.oneof(fc.webQueryParameters(), fc.string()), (text) => {
        const filter = readFleetQuery(text);
        expect(readFleetQuery(writeFleetQuery(filter))).toEqual(filter);
      }),
    );
  });

  test("everything, most severe first, needs no word", () => {
    expect(writeFleetQuery(NO_FILTER)).toBe("");
    expect(readFleetQuery("?")).toEqual(NO_FILTER);
    for (const sort of ["sort=site", "sort=-site", "sort=-severity"])
      expect(writeFleetQuery(readFleetQuery(sort))).toBe(sort);
    expect(isFiltered(readFleetQuery("?sort=-since"))).toBe(false);
    expect(isFiltered(readFleetQuery("?tag=beta"))).toBe(true);
  });

  test("what is not understood filters nothing, is kept, and is told", () => {
    const filter = readFleetQuery(
      "headline=unsfe&site=x&colour=red&seen-within=soon&sort=size&sort=-&headline=unsafe",
    );
    expect(filterEntries(filter)).toEqual([{ field: "headline", value: "unsafe" }]);
    expect(filter.notUnderstood.map(({ name, value }) => `${name}=${value}`)).toEqual([
      "headline=unsfe",
      "site=x",
      "colour=red",
      "seen-within=soon",
      "sort=size",
      "sort=-",
    ]);
    expect(writeFleetQuery(filter)).toContain("colour=red");
  });

  test("no flood of words, no control characters, no inherited names", () => {
    const many = Array.from({ length: 80 }, (_, at) => `tag=t${at}`).join("&");
    const filter = readFleetQuery(`${many}&model=a%00b&toString=1&__proto__=2`);
    expect(filter.tag).toHaveLength(50);
    expect(filter.model).toEqual([]);
    expect(filter.notUnderstood).toHaveLength(10);
    expect(readFleetQuery("toString=1&__proto__=2").notUnderstood).toHaveLength(2);
  });

  test("an empty value asks for those that have none, or was a form sent without an entry", () => {
    expect(readFleetQuery("model=&tag=&running=&pinned=")).toMatchObject({ model: [""], tag: [""] });
    expect(readFleetQuery("search=&headline=&site= ")).toEqual(NO_FILTER);
  });

  test("the same value twice is one, a second search is none", () => {
    const filter = readFleetQuery("tag=a&tag=a&search= Anni &search=b");
    expect(filter.tag).toEqual(["a"]);
    expect(filter.search).toEqual(["Anni"]);
    expect(filter.notUnderstood).toEqual([{ name: "search", value: "b" }]);
  });
});

describe("conditions are switched one at a time", () => {
  test("on and off, beside others of the same field", () => {
    const on = toggled(readFleetQuery("headline=offline"), { field: "headline", value: "unsafe" });
    expect(on.headline).toEqual(["offline", "unsafe"]);
    expect(toggled(on, { field: "headline", value: "offline" }).headline).toEqual(["unsafe"]);
  });

  test("a field that says one thing takes the new one", () => {
    const hour = toggled(NO_FILTER, { field: "seen-within", value: "1h" });
    expect(toggled(hour, { field: "seen-within", value: "2d" })["seen-within"]).toEqual(["2d"]);
  });

  test("clearing keeps the order that was chosen", () => {
    const filter = readFleetQuery(`site=${SITE}&colour=red&sort=-site`);
    expect(writeFleetQuery(cleared(filter))).toBe("sort=-site");
  });
});

test.each([
  ["90s", 90_000],
  ["15m", 900_000],
  ["2h", 7_200_000],
  ["3d", 259_200_000],
  ["0m", null],
  ["1.5h", null],
  ["99999d", null],
  ["h", null],
])("a length of time: %s", (text, ms) => expect(spanMs(text)).toBe(ms));
