import { compareBytewise } from "#core/closure/digest.ts";
import type { ClosureMember } from "#core/closure/member.ts";
import { compareVersions } from "#core/closure/package-name.ts";

/** One version of a package with its outputs ("out", "dev", …); several versions stand side by side, oldest first. */
export type PackageVersion = { version: string; outputs: string[]; narSize: number };

/**
 * - `up`, `down`: the newest version there is moved.
 * - `changed`: another set of versions or outputs, and the newest compares equal.
 * - `rebuilt`: the same versions and outputs from other inputs, or with other content.
 */
const PACKAGE_CHANGES = ["added", "removed", "up", "down", "changed", "rebuilt"] as const;

export type PackageChange = {
  name: string;
  change: (typeof PACKAGE_CHANGES)[number];
  from: PackageVersion[];
  to: PackageVersion[];
  /** Bytes, `to` minus `from`. */
  sizeDelta: number;
};

/** Packages that differ, by name. Unchanged ones are left out. */
export function packageChanges(
  from: readonly ClosureMember[],
  to: readonly ClosureMember[],
): PackageChange[] {
  const before = groupBy(from, (one) => one.name);
  const after = groupBy(to, (one) => one.name);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareBytewise);
  return names.flatMap((name) => compare(name, before.get(name) ?? [], after.get(name) ?? []) ?? []);
}

function compare(
  name: string,
  before: readonly ClosureMember[],
  after: readonly ClosureMember[],
): PackageChange | null {
  const from = versionsOf(before);
  const to = versionsOf(after);
  const change = changeBetween(from, to) ?? (fingerprint(before) === fingerprint(after) ? null : "rebuilt");
  return change === null ? null : { name, change, from, to, sizeDelta: total(to) - total(from) };
}

function changeBetween(
  from: readonly PackageVersion[],
  to: readonly PackageVersion[],
): PackageChange["change"] | null {
  const before = from.at(-1);
  const after = to.at(-1);
  if (before === undefined) return "added";
  if (after === undefined) return "removed";
  const order = compareVersions(before.version, after.version);
  if (order !== 0) return order < 0 ? "up" : "down";
  return outline(from) === outline(to) ? null : "changed";
}

function versionsOf(members: readonly ClosureMember[]): PackageVersion[] {
  const versions = [...groupBy(members, (one) => one.version)].map(([version, same]) => ({
    version,
    outputs: [...new Set(same.map((one) => one.output))].sort(compareBytewise),
    narSize: same.reduce((sum, one) => sum + one.narSize, 0),
  }));
  return versions.sort(
    (a, b) => compareVersions(a.version, b.version) || compareBytewise(a.version, b.version),
  );
}

function outline(versions: readonly PackageVersion[]): string {
  return JSON.stringify(versions.map(({ version, outputs }) => [version, outputs]));
}

function fingerprint(members: readonly ClosureMember[]): string {
  return members
    .map(({ path, narHash }) => `${path} ${narHash}`)
    .sort(compareBytewise)
    .join("\n");
}

function total(versions: readonly PackageVersion[]): number {
  return versions.reduce((sum, one) => sum + one.narSize, 0);
}

/** `Map.groupBy` is not in Node 20, which scanners with older nixpkgs still ship. */
function groupBy<T>(list: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}
