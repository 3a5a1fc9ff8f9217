import type { Fact, Reason } from "#core/report/fact.ts";
import type { FactKind, FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

/**
 * What counts as a change. Values that move all the time (ages, free bytes, the agent's own cost) are rounded or left out,
 * so that an idle scanner sends heartbeats and not reports; the exact values travel in the next full report.
 */
type Stable = { [K in FactKind]: (value: FactValue<K>) => unknown };

const STABLE: Stable = {
  host: (value) => value,
  closures: (value) => value,
  generations: (value) => value,
  closureDigests: (value) => value,
  verification: (value) => ({ ...value, checkedPaths: tenth(value.checkedPaths, value.totalPaths) }),
  kernel: (value) => value,
  modules: (value) => value,
  units: (value) => value,
  safety: ({ heartbeatAgeMs: _age, ...value }) => value,
  provided: (value) => value.map(({ ageMs, ...one }) => ({ ...one, age: ageStep(ageMs) })),
  disks: (value) =>
    value.map((disk) => ({
      mount: disk.mount,
      purpose: disk.purpose,
      free: percent(disk.freeBytes, disk.totalBytes),
    })),
  clock: ({ synchronised, source, offsetMs }) => ({ synchronised, source, off: offsetStep(offsetMs) }),
  nix: (value) => value,
  pci: (value) => value,
  usb: (value) => value,
  deviceNodes: (value) => value,
  gpus: ({ cards, ...value }) => ({
    ...value,
    cards: cards.map(({ temperatureC, ...card }) => ({ ...card, heat: heatStep(temperatureC) })),
  }),
  memory: ({ totalBytes, availableBytes, swapTotalBytes, uncorrectedErrors }) => ({
    totalBytes,
    swapTotalBytes,
    uncorrectedErrors,
    available: stepsBelow(MEMORY_PERCENT_STEPS, percent(availableBytes, totalBytes)),
  }),
  firmware: (value) => value,
  change: (value) => ({ ...value, percent: value.percent === null ? null : tenth(value.percent, 100) }),
  confirmed: (value) => value,
  quarantine: (value) => value,
  local: (value) => value,
  agent: ({ version, mode, user, changesEnabled, proxy, customCa, droppedReports, problems }) => ({
    version,
    mode,
    user,
    changesEnabled,
    proxy,
    customCa,
    droppedReports,
    problems,
  }),
};

/** The text whose SHA-256 is the facts digest: canonical JSON of the stable part of every fact. */
export function factsDigestText(facts: Facts): string {
  const texts = new Map<string, string>();
  for (const kind of Object.keys(facts) as FactKind[]) {
    const one = facts[kind];
    if (one !== undefined) texts.set(kind, stableText(stableFact(kind, one)));
  }
  return digestTextOf(texts);
}

/** The same from the stable text of every fact, for who has those already. */
export function digestTextOf(texts: ReadonlyMap<string, string>): string {
  const kinds = [...texts.keys()].sort();
  return `fiducial.facts.v1\n{${kinds.map((kind) => `"${kind}":${texts.get(kind)}`).join(",")}}`;
}

/** As canonicalJson; the lists in a fact are most of it, and an agent looks at the same ones every few seconds. */
export function stableText(fact: StableFact): string {
  if (!("observed" in fact)) return canonicalJson(fact);
  const { observed } = fact;
  if (Array.isArray(observed)) return `{"observed":${listText(observed)}}`;
  if (typeof observed !== "object" || observed === null) return canonicalJson(fact);
  const entries = Object.entries(observed).filter(([, one]) => one !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const text = (one: unknown) => (Array.isArray(one) ? listText(one) : canonicalJson(one));
  return `{"observed":{${entries.map(([key, one]) => `${JSON.stringify(key)}:${text(one)}`).join(",")}}}`;
}

/** By the list itself, not by its content: facts are never changed once they are made. */
const listTexts = new WeakMap<object, string>();

function listText(list: readonly unknown[]): string {
  const known = listTexts.get(list) ?? canonicalJson(list);
  listTexts.set(list, known);
  return known;
}

/** The part of one fact whose change is worth a report, and an interval in the history. */
export function stableFact<K extends FactKind>(kind: K, fact: NonNullable<Facts[K]>): StableFact {
  const one = fact as Fact<never>;
  return one.state === "observed" ? { observed: STABLE[kind](one.value) } : { unknown: one.reason };
}
export type StableFact = { observed: unknown } | { unknown: Reason };

/** JSON with object keys sorted by code unit and no spaces (the subset of RFC 8785 that JSON values without floats need). */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(",")}]`;
  let text = "";
  for (const key of Object.keys(value).sort()) {
    const one = (value as Record<string, unknown>)[key];
    if (one !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(one)}`;
  }
  return `{${text}}`;
}

/** A value whose owner stopped publishing must become a new report, not a quiet heartbeat: its age counts in steps (SEE-14). */
const AGE_STEPS_MS = [5 * 60_000, 15 * 60_000, 60 * 60_000, 24 * 60 * 60_000] as const;

function ageStep(ageMs: number): number {
  return AGE_STEPS_MS.filter((step) => ageMs > step).length;
}

/** A card grows warm and cold all day; what counts is that it comes near the limits at which it slows down and stops. */
const HEAT_STEPS_C = [75, 85, 95] as const;

function heatStep(temperatureC: number | null): number | null {
  return temperatureC === null ? null : HEAT_STEPS_C.filter((step) => temperatureC >= step).length;
}

/** A clock wanders all the time; what counts is the order of magnitude by which it is off (F25). */
const OFFSET_STEPS_MS = [1, 10, 100, 1000] as const;

function offsetStep(offsetMs: number | null): number | null {
  return offsetMs === null ? null : OFFSET_STEPS_MS.filter((step) => Math.abs(offsetMs) >= step).length;
}

const MEMORY_PERCENT_STEPS = [20, 10, 5] as const;

function stepsBelow(steps: readonly number[], value: number): number {
  return steps.filter((step) => value < step).length;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part / whole) * 100);
}

function tenth(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part / whole) * 10);
}
