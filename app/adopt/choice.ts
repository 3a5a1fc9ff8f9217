import type { Item, ItemClass } from "#core/manifest/item.ts";
import type { ProposedItem } from "#server/baseline/view.ts";

/** What the reader decided about the proposed items: which class each has, and which are left out. Kept across a new list. */
export type Choice = { classes: ReadonlyMap<string, ItemClass>; left: ReadonlySet<string> };

export const NO_CHOICE: Choice = { classes: new Map(), left: new Set() };

export function classOf(choice: Choice, item: Item): ItemClass {
  return choice.classes.get(item.id) ?? item.class;
}

export function withClass(choice: Choice, ids: readonly string[], itemClass: ItemClass): Choice {
  const classes = new Map(choice.classes);
  for (const id of ids) classes.set(id, itemClass);
  return { ...choice, classes };
}

export function withTaken(choice: Choice, ids: readonly string[], taken: boolean): Choice {
  const left = new Set(choice.left);
  for (const id of ids) {
    if (taken) left.delete(id);
    else left.add(id);
  }
  return { ...choice, left };
}

/** What is sent: only items that are still proposed and not left out, each with its class. */
export function chosenItems(
  choice: Choice,
  items: readonly ProposedItem[],
): { id: string; class: ItemClass }[] {
  return items
    .filter(({ item }) => !choice.left.has(item.id))
    .map(({ item }) => ({ id: item.id, class: classOf(choice, item) }));
}

export type Group = { kind: string; items: ProposedItem[] };

/** By what they look at, in the order of the proposal. */
export function grouped(items: readonly ProposedItem[]): Group[] {
  const groups = new Map<string, ProposedItem[]>();
  for (const one of items) groups.set(one.item.kind, [...(groups.get(one.item.kind) ?? []), one]);
  return [...groups].map(([kind, inside]) => ({ kind, items: inside }));
}

/** The class that all share; null: mixed. */
export function sharedClass(choice: Choice, items: readonly ProposedItem[]): ItemClass | null {
  const classes = new Set(items.map(({ item }) => classOf(choice, item)));
  return classes.size === 1 ? ([...classes][0] ?? null) : null;
}
