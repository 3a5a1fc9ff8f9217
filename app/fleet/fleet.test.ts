import { describe, expect, test } from "vitest";
import { paths } from "#app/paths.ts";
import { isFiltered, readFilter, toggled } from "./filter.ts";
import { inHeldOrder } from "./order.ts";

const SITE = "019a6f0e-7d34-7b8c-9a51-3f1c22d4e001";

describe("the filter lives in the URL", () => {
  test("what the links write is what the page reads", () => {
    const filter = { headlines: ["unsafe", "behind"], search: "Anni", siteId: SITE } as const;
    const url = new URL(paths.fleet(filter), "http://localhost");
    const read = readFilter({
      headline: url.searchParams.getAll("headline"),
      search: url.searchParams.get("search") ?? undefined,
      site: url.searchParams.get("site") ?? undefined,
    });
    expect(read).toEqual(filter);
  });

  test("a mistyped filter hides no scanner", () => {
    const read = readFilter({ headline: ["unsfe"], search: ["a", "b"], site: "x" });
    expect(read).toEqual({ headlines: [], search: "a", siteId: null });
    expect(isFiltered(readFilter({}))).toBe(false);
  });

  test("a headline is switched on and off again", () => {
    const on = toggled(readFilter({}), "offline");
    expect(on.headlines).toEqual(["offline"]);
    expect(toggled(on, "offline").headlines).toEqual([]);
  });
});

describe("rows do not jump under the pointer", () => {
  const rows = (...ids: string[]) => ids.map((id) => ({ id, at: 1 }));
  const id = (row: { id: string }) => row.id;

  test("known rows keep their place with new values and say how many would move", () => {
    const held = inHeldOrder([{ id: "c", at: 2 }, ...rows("a", "b")], ["a", "b", "c"], id);
    expect(held.rows).toEqual([
      { id: "a", at: 1 },
      { id: "b", at: 1 },
      { id: "c", at: 2 },
    ]);
    expect(held.moved).toBe(3);
  });

  test("an unchanged order says nothing moved", () => {
    expect(inHeldOrder(rows("a", "b"), ["a", "b"], id).moved).toBe(0);
  });

  test("a new row waits at the end, a vanished one leaves", () => {
    expect(inHeldOrder(rows("n", "a"), ["a", "gone"], id)).toEqual({ rows: rows("a", "n"), moved: 2 });
  });
});
