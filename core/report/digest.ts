import type { Fact } from "#core/report/fact.ts";
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
  provided: (value) => value.map(({ ageMs: _age, ...one }) => one),
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
    const one = facts[kind] as Fact<never> | undefined;
    if (one === undefined) continue;
    stable[kind] = one.state === "observed" ? { observed: STABLE[kind](one.value) } : { unknown: one.reason };
  }
  return `fiducial.facts.v1\n${canonicalJson(stable)}`;
}

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

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part / whole) * 100);
}

function tenth(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part / whole) * 10);
}
