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
  clock: ({ synchronised, source }) => ({ synchronised, source }),
  nix: (value) => value,
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
  const stable: Record<string, unknown> = {};
  for (const kind of Object.keys(facts).sort() as FactKind[]) {
    const one = facts[kind];
    if (one !== undefined) stable[kind] = stableFact(kind, one);
  }
  return `fiducial.facts.v1\n${canonicalJson(stable)}`;
}

/** The part of one fact whose change is worth a report, and an interval in the history. */
export function stableFact<K extends FactKind>(kind: K, fact: NonNullable<Facts[K]>): StableFact {
  const one = fact as Fact<never>;
  return one.state === "observed" ? { observed: STABLE[kind](one.value) } : { unknown: one.reason };
}
export type StableFact = { observed: unknown } | { unknown: Reason };

/** JSON with object keys sorted by code unit and no spaces (the subset of RFC 8785 that JSON values without floats need). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** A value whose owner stopped publishing must become a new report, not a quiet heartbeat: its age counts in steps (SEE-14). */
const AGE_STEPS_MS = [5 * 60_000, 15 * 60_000, 60 * 60_000, 24 * 60 * 60_000] as const;

function ageStep(ageMs: number): number {
  return AGE_STEPS_MS.filter((step) => ageMs > step).length;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part / whole) * 100);
}

function tenth(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part / whole) * 10);
}
