import type { FactValue } from "#core/report/kinds.ts";

export type Unit = FactValue<"units">["units"][number];

/** Unit types whose state says something about a scanner, and the D-Bus interface that carries `Result`. */
const TYPES = {
  ".service": "Service",
  ".socket": "Socket",
  ".timer": "Timer",
  ".path": "Path",
  ".mount": "Mount",
} as const;
export const UNIT_PATTERNS = Object.keys(TYPES).map((suffix) => `*${suffix}`);

/** Units that come and go with people and programs; each of them would be a change that means nothing. */
const PASSING = [
  /^user@[0-9]+\.service$/,
  /^user-runtime-dir@[0-9]+\.service$/,
  /^run-user-[0-9]+\.mount$/,
  /^run-credentials-.*\.mount$/,
  /^run-[rup]?[0-9a-f-]+\.(service|timer|path|socket)$/,
];

export function isReported(name: string): boolean {
  return suffixOf(name) !== undefined && !PASSING.some((pattern) => pattern.test(name));
}

function suffixOf(name: string): keyof typeof TYPES | undefined {
  return (Object.keys(TYPES) as (keyof typeof TYPES)[]).find((suffix) => name.endsWith(suffix));
}

/** The D-Bus interface of the unit's type; only for names that are reported. */
export function typeOf(name: string): string {
  return TYPES[suffixOf(name) ?? ".service"];
}

/** Mounts without a unit file are what some program happened to mount; only a failed one is news. */
export function isReportedMount(unit: Unit): boolean {
  return !unit.name.endsWith(".mount") || unit.enabled !== "" || unit.active === "failed";
}

const MAX_UNITS = 600;

/** By name; if not all fit, failed ones are kept first, and the number left out is told. */
export function fitting(units: readonly Unit[]): { units: Unit[]; more: number } {
  const byName = (a: Unit, b: Unit) => (a.name < b.name ? -1 : 1);
  const failedFirst = (a: Unit, b: Unit) =>
    Number(b.active === "failed") - Number(a.active === "failed") || byName(a, b);
  const kept = [...units].sort(failedFirst).slice(0, MAX_UNITS).sort(byName);
  return { units: kept, more: units.length - kept.length };
}
