import { describe, expect, test } from "vitest";
import type { ProposedItem } from "#server/baseline/view.ts";
import { chosenItems, grouped, NO_CHOICE, sharedClass, withClass, withTaken } from "./choice.ts";

function proposed(id: string, kind: string): ProposedItem {
  const item = {
    id,
    kind,
    args: {},
    expect: { op: "present", want: true },
    class: "config",
    while: "always",
  } as const;
  return { item, actual: true, note: null };
}

const items = [proposed("ssh", "unit"), proposed("kernel", "kernel-release"), proposed("cron", "unit")];

describe("what a person chose is what is adopted [EXP-8]", () => {
  test("left-out items are not sent, the others carry their class", () => {
    const choice = withClass(withTaken(NO_CHOICE, ["cron"], false), ["ssh"], "safety");
    expect(chosenItems(choice, items)).toEqual([
      { id: "ssh", class: "safety" },
      { id: "kernel", class: "config" },
    ]);
  });

  test("taking one back in forgets that it was left out", () => {
    const choice = withTaken(withTaken(NO_CHOICE, ["cron"], false), ["cron"], true);
    expect(chosenItems(choice, items)).toHaveLength(3);
  });

  test("a choice survives a new list, and an item that is gone from it is not adopted", () => {
    const choice = withClass(NO_CHOICE, ["ssh", "cron"], "function");
    expect(chosenItems(choice, items.slice(0, 1))).toEqual([{ id: "ssh", class: "function" }]);
  });

  test("groups keep the order of the proposal and know whether their classes agree", () => {
    const groups = grouped(items);
    expect(groups.map(({ kind, items: inside }) => [kind, inside.length])).toEqual([
      ["unit", 2],
      ["kernel-release", 1],
    ]);
    expect(sharedClass(NO_CHOICE, items)).toBe("config");
    expect(sharedClass(withClass(NO_CHOICE, ["ssh"], "info"), items)).toBeNull();
  });
});
