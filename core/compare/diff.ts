import { canonicalJson, type StableFact } from "#core/report/digest.ts";
import type { Reason } from "#core/report/fact.ts";

/**
 * Two sets of facts side by side (EXP-9), kind by kind and value by value. What one side could not see, or does not speak of, is
 * never counted as equal, not even when both sides are blind (SEE-14).
 */

/** One value on one side. `absent`: the kind was seen and this is not in it; `not-reported`: the kind was not spoken of at all. */
export type Leaf =
  | { state: "known"; value: string | number | boolean | null }
  | { state: "absent" }
  | { state: "unknown"; reason: Reason }
  | { state: "not-reported" };

/** `path` names the value inside its kind, as people read it: list entries by name, not by number. */
export type Line = { path: readonly string[]; a: Leaf; b: Leaf };

export type KindDiff = {
  kind: string;
  differ: Line[];
  equal: Line[];
  /** At least one side is blind: neither equal nor different. */
  open: Line[];
};

export type FactsByKind = ReadonlyMap<string, StableFact>;

const NOT_REPORTED: Leaf = { state: "not-reported" };
const ABSENT: Leaf = { state: "absent" };

export function diffFacts(a: FactsByKind, b: FactsByKind): KindDiff[] {
  const kinds = [...new Set([...a.keys(), ...b.keys()])].sort();
  return kinds.map((kind) => diffKind(kind, a.get(kind), b.get(kind)));
}

function diffKind(kind: string, a: StableFact | undefined, b: StableFact | undefined): KindDiff {
  const left = sideOf(a);
  const right = sideOf(b);
  const blind = !(left instanceof Map) || !(right instanceof Map);
  if (blind)
    return { kind, differ: [], equal: [], open: [{ path: [], a: wholeOf(left), b: wholeOf(right) }] };
  const lines = [...new Map([...left, ...right])].map(
    ([key, { path }]): Line => ({ path, a: leafAt(left, key, path), b: leafAt(right, key, path) }),
  );
  return {
    kind,
    differ: lines.filter((line) => standing(line) === "differs"),
    equal: lines.filter((line) => standing(line) === "equal"),
    open: lines.filter((line) => standing(line) === "open"),
  };
}

type Leaves = Map<string, { path: readonly string[]; leaf: Leaf }>;

function sideOf(fact: StableFact | undefined): Leaves | Leaf {
  if (fact === undefined) return NOT_REPORTED;
  if (!("observed" in fact)) return { state: "unknown", reason: fact.unknown };
  const leaves: Leaves = new Map();
  collect(fact.observed, [], leaves);
  return leaves;
}

/** A kind that was seen against one that was not: how much was seen is said by its other lines, so here only that it was. */
function wholeOf(side: Leaves | Leaf): Leaf {
  return side instanceof Map ? { state: "known", value: true } : side;
}

/** Below a value that one side could not see, the other side's details stand against the same blindness. */
function leafAt(leaves: Leaves, key: string, path: readonly string[]): Leaf {
  const found = leaves.get(key);
  if (found !== undefined) return found.leaf;
  for (let length = path.length - 1; length > 0; length -= 1) {
    const above = leaves.get(keyOf(path.slice(0, length)))?.leaf;
    if (above?.state === "unknown") return above;
  }
  return ABSENT;
}

function standing({ a, b }: Line): "equal" | "differs" | "open" {
  if (isBlind(a) || isBlind(b)) return "open";
  return canonicalJson(a) === canonicalJson(b) ? "equal" : "differs";
}

function isBlind({ state }: Leaf): boolean {
  return state === "unknown" || state === "not-reported";
}

const keyOf = (path: readonly string[]) => JSON.stringify(path);

function collect(value: unknown, path: readonly string[], leaves: Leaves): void {
  if (isObserved(value)) collect(value.value, path, leaves);
  else if (Array.isArray(value)) {
    for (const [name, entry] of namedEntries(value)) collect(entry, [...path, name], leaves);
  } else if (isRecord(value) && !isUnknown(value)) {
    for (const name of Object.keys(value).sort()) collect(value[name], [...path, name], leaves);
  } else leaves.set(keyOf(path), { path, leaf: leafOf(value) });
}

function leafOf(value: unknown): Leaf {
  if (isUnknown(value)) return { state: "unknown", reason: value.reason };
  return { state: "known", value: value as string | number | boolean | null };
}

function isUnknown(value: unknown): value is { state: "unknown"; reason: Reason } {
  return isRecord(value) && value.state === "unknown" && isRecord(value.reason);
}

function isObserved(value: unknown): value is { state: "observed"; value: unknown } {
  return isRecord(value) && value.state === "observed" && "value" in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What names an entry of a list, most telling first. A list is keyed by the first that all its entries have and no two share. */
const NAMES = [
  ["owner", "id"],
  ["name"],
  ["path"],
  ["id"],
  ["mount"],
  ["address"],
  ["port"],
  ["bus"],
  ["toplevel"],
  ["number"],
  ["source"],
] as const;

/** Entries with the name that finds the same thing on the other side; a list of words is keyed by its words, repetitions counted. */
function namedEntries(list: readonly unknown[]): [string, unknown][] {
  if (list.length > 0 && list.every(isRecord)) return namedRecords(list as Record<string, unknown>[]);
  const seen = new Map<string, number>();
  return list.map((entry) => {
    const text = typeof entry === "string" ? entry : canonicalJson(entry);
    const before = seen.get(text) ?? 0;
    seen.set(text, before + 1);
    return [before === 0 ? text : `${text} (${before + 1})`, entry];
  });
}

function namedRecords(list: readonly Record<string, unknown>[]): [string, unknown][] {
  for (const fields of NAMES) {
    const named = new Map(
      list.flatMap((entry): [string, unknown][] => {
        const name = nameOf(entry, fields);
        return name === null ? [] : [[name, without(entry, fields)]];
      }),
    );
    if (named.size === list.length) return [...named];
  }
  return list.map((entry, at) => [String(at + 1), entry]);
}

function nameOf(entry: Record<string, unknown>, fields: readonly string[]): string | null {
  const parts = fields.map((field) => entry[field]);
  return parts.every((part) => typeof part === "string" || typeof part === "number") ? parts.join("/") : null;
}

/** The name is the path's; an entry that is nothing but its name is there or not. */
function without(entry: Record<string, unknown>, fields: readonly string[]): unknown {
  const rest = Object.entries(entry).filter(([field]) => !fields.includes(field));
  return rest.length === 0 ? true : Object.fromEntries(rest);
}
