import { type Item, itemSchema } from "#core/manifest/item.ts";
import type { ProbeKind } from "#core/manifest/kinds.ts";
import type { CodeOf } from "#core/message/catalogue.ts";
import type { Reason } from "#core/report/fact.ts";

/** One item of a proposal; `note` says why a person should look twice. */
export type Draft = { item: Item; note: Reason | null };

type DraftItem = Omit<Item, "kind" | "while" | "args"> & {
  kind: ProbeKind;
  args?: Record<string, string>;
};

/** Names come from the scanner: one that cannot be an item's id or argument gives no item. */
export function draft(item: DraftItem, note: Reason | null = null): Draft[] {
  const parsed = itemSchema.safeParse({ args: {}, ...item, while: "always" });
  return parsed.success ? [{ item: parsed.data, note }] : [];
}

export function note(code: CodeOf<"note">, params?: Reason["params"]): Reason {
  return params === undefined ? { code } : { code, params };
}

/** Turns a name into the part of an id: what an id may not hold becomes "-". */
export function idPart(name: string): string {
  return name.replace(/[^a-zA-Z0-9._:@/+-]/g, "-");
}
