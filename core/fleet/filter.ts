import * as z from "zod";
import { CHANGES, HEADLINES, SAFETIES, SERVICES, SOFTWARES } from "#core/headline/axes.ts";
import { spanMs } from "./span.ts";

/**
 * Which scanners of the fleet are meant, in which order. One grammar for the page's address, the server, saved views and exports, so a
 * link, a view and a file of the same words mean the same scanners. Values of one field are alternatives, fields narrow each other.
 */
export const HEADLINE_CHOICES = [...HEADLINES, "tripped"] as const;
export const LINK_CHOICES = ["live", "late", "offline", "never"] as const;
/** `off` is everything pinned that was not seen to run its pin; `none` has no pin to follow. */
export const PIN_CHOICES = ["on", "off", "none"] as const;

/** Control characters name nothing, and PostgreSQL takes no NUL. */
const named = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^\P{Cc}*$/u);
const span = z.string().refine((text) => spanMs(text) !== null);

const FIELDS = {
  headline: z.enum(HEADLINE_CHOICES),
  search: named(100).trim().min(1),
  site: z.uuid(),
  region: z.uuid(),
  model: named(120),
  tag: named(48),
  service: z.enum(SERVICES),
  running: named(120),
  pinned: named(120),
  pin: z.enum(PIN_CHOICES),
  safety: z.enum(SAFETIES),
  link: z.enum(LINK_CHOICES),
  software: z.enum(SOFTWARES),
  change: z.enum(CHANGES),
  "seen-before": span,
  "seen-within": span,
  /** A finding is open on this item. */
  item: named(200).min(1),
  origin: named(64).min(1),
} as const satisfies Record<string, z.ZodType<string>>;

export type FilterField = keyof typeof FIELDS;
export const FILTER_FIELDS = Object.keys(FIELDS) as FilterField[];
/** Here an empty value means the scanners that have none; elsewhere it is a form sent without an entry. */
const MAY_BE_NONE: readonly FilterField[] = ["model", "tag", "running", "pinned"];
/** These say one thing; the others may list alternatives. */
const SINGLE: readonly FilterField[] = ["search", "seen-before", "seen-within"];

export const SORTS = ["severity", "serial", "site", "since", "report", "running"] as const;
export type SortBy = (typeof SORTS)[number];
/** Ascending by what the cell shows: most severe, A, newest, heard most recently first. */
type FleetSort = { by: SortBy; descending: boolean };

/** A word of an address that this program does not know. It filters nothing and is shown, so that it hides no scanner silently. */
type NotUnderstood = { name: string; value: string };

export type FleetFilter = { readonly [F in FilterField]: readonly z.output<(typeof FIELDS)[F]>[] } & {
  readonly sort: FleetSort;
  readonly notUnderstood: readonly NotUnderstood[];
};

const BY_SEVERITY: FleetSort = { by: "severity", descending: false };
const MAX_VALUES = 50;
const MAX_NOT_UNDERSTOOD = 10;
/** Longest query that is taken from outside, characters. */
export const MAX_QUERY = 6_000;

export const NO_FILTER: FleetFilter = {
  ...(Object.fromEntries(FILTER_FIELDS.map((field) => [field, []])) as unknown as Record<
    FilterField,
    never[]
  >),
  sort: BY_SEVERITY,
  notUnderstood: [],
};

/** Reads the query part of an address, with or without its question mark. Total: whatever it is given, it answers a filter. */
export function readFleetQuery(query: string): FleetFilter {
  const values: Record<string, string[]> = {};
  const notUnderstood: NotUnderstood[] = [];
  let sort = BY_SEVERITY;
  for (const [name, value] of new URLSearchParams(query)) {
    if (isField(name) && value.trim() === "" && !MAY_BE_NONE.includes(name)) continue;
    const asked = name === "sort" ? readSort(value) : null;
    const read = isField(name) ? readValue(name, value, values[name] ?? []) : null;
    if (asked !== null) sort = asked;
    else if (read !== null) values[name] = read;
    else if (notUnderstood.length < MAX_NOT_UNDERSTOOD) notUnderstood.push({ name, value });
  }
  return { ...NO_FILTER, ...values, sort, notUnderstood } as FleetFilter;
}

function isField(name: string): name is FilterField {
  return Object.hasOwn(FIELDS, name);
}

/** The field's values with this one among them; null: it does not belong there. */
function readValue(field: FilterField, value: string, held: readonly string[]): string[] | null {
  const parsed = FIELDS[field].safeParse(value);
  if (!parsed.success) return null;
  if (held.includes(parsed.data)) return [...held];
  const full = held.length >= (SINGLE.includes(field) ? 1 : MAX_VALUES);
  return full ? null : [...held, parsed.data];
}

function readSort(text: string): FleetSort | null {
  const descending = text.startsWith("-");
  const by = SORTS.find((one) => one === text.slice(descending ? 1 : 0));
  return by === undefined ? null : { by, descending };
}

/** The query part of an address, without its question mark; empty: everything, most severe first. */
export function writeFleetQuery(filter: FleetFilter): string {
  const query = new URLSearchParams();
  for (const { field, value } of filterEntries(filter)) query.append(field, value);
  const { by, descending } = filter.sort;
  if (by !== "severity" || descending) query.append("sort", `${descending ? "-" : ""}${by}`);
  for (const { name, value } of filter.notUnderstood) query.append(name, value);
  return query.toString();
}

export type FilterEntry = { field: FilterField; value: string };

/** Every condition by itself, for pills and for the echo in a file. */
export function filterEntries(filter: FleetFilter): FilterEntry[] {
  return FILTER_FIELDS.flatMap((field) => filter[field].map((value) => ({ field, value })));
}

/** Whether any scanner may be hidden by it. */
export function isFiltered(filter: FleetFilter): boolean {
  return filterEntries(filter).length > 0;
}

/** The same filter with one value switched on or off; a field that says one thing takes the new one instead of the old. */
export function toggled(filter: FleetFilter, { field, value }: FilterEntry): FleetFilter {
  const held: readonly string[] = filter[field];
  if (held.includes(value)) return { ...filter, [field]: held.filter((one) => one !== value) };
  return { ...filter, [field]: SINGLE.includes(field) ? [value] : [...held, value] };
}

/** Everything again, in the order that was chosen. */
export function cleared(filter: FleetFilter): FleetFilter {
  return { ...NO_FILTER, sort: filter.sort };
}
