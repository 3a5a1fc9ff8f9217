import { type ClosureDiff, diffClosures } from "#core/closure/diff.ts";
import { compareBytewise } from "#core/closure/digest.ts";
import type { Item } from "#core/manifest/item.ts";
import { systemListing } from "#core/release/listing.ts";
import type { Release, ReleaseSystem } from "#core/release/release.ts";
import { canonicalJson } from "#core/report/digest.ts";

/** One item of the expected state that the two releases do not say alike; null on the side that does not have it. */
export type ExpectedChange = { id: string; from: Item | null; to: Item | null };

/** Parts of a system that people sign beside its closure. */
const SIGNED_PARTS = ["for", "health", "compatibility"] as const;
type SignedPart = (typeof SIGNED_PARTS)[number];

/** What a release does to one system. `closure` is null for a system that only one of the two releases has. */
export type SystemDiff = {
  name: string;
  change: "added" | "removed" | "changed" | "same";
  closure: ClosureDiff | null;
  /** Sorted by id. The toplevel and digest that every system expects of itself are no items, and not listed. */
  expected: ExpectedChange[];
  /** Whom it is for, what proves it healthy, what it fits: those that differ. */
  parts: SignedPart[];
  /** Bytes of paths that the release before does not have in this system: what a scanner that runs it has to fetch. */
  fetchBytes: number;
};

export type ReleaseDiff = {
  /** Null: there is no release before this one. */
  from: { name: string; counter: number; floor: number } | null;
  to: { name: string; counter: number; floor: number };
  /** By name. */
  systems: SystemDiff[];
};

/** What people look at before they sign (SIG-1): `to` minus `from`, system by system of the same name. */
export function diffReleases(from: Release | null, to: Release): ReleaseDiff {
  const before = new Map(from?.systems.map((one) => [one.name, one]));
  const after = new Map(to.systems.map((one) => [one.name, one]));
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareBytewise);
  return {
    from: from === null ? null : head(from),
    to: head(to),
    systems: names.map((name) =>
      diffSystem(name, sideOf(from, before.get(name)), sideOf(to, after.get(name))),
    ),
  };
}

type Side = { release: Release; system: ReleaseSystem };

function sideOf(release: Release | null, system: ReleaseSystem | undefined): Side | null {
  return release === null || system === undefined ? null : { release, system };
}

function head({ name, counter, floor }: Release) {
  return { name, counter, floor };
}

function diffSystem(name: string, from: Side | null, to: Side | null): SystemDiff {
  const expected = expectedChanges(itemsOf(from), itemsOf(to));
  const fetchBytes = to === null ? 0 : newBytes(from, to);
  if (from === null || to === null)
    return {
      name,
      change: from === null ? "added" : "removed",
      closure: null,
      expected,
      parts: [],
      fetchBytes,
    };
  const parts = SIGNED_PARTS.filter((part) => !same(from.system[part], to.system[part]));
  const identical =
    from.system.toplevel === to.system.toplevel &&
    from.system.closureDigest === to.system.closureDigest &&
    expected.length === 0 &&
    parts.length === 0;
  return {
    name,
    change: identical ? "same" : "changed",
    closure: diffClosures(systemListing(from.release, from.system), systemListing(to.release, to.system)),
    expected,
    parts,
    fetchBytes,
  };
}

/** A path of the same name with other content has to be fetched as well. */
function newBytes(from: Side | null, to: Side): number {
  const had = new Set(
    from === null
      ? []
      : systemListing(from.release, from.system).paths.map(({ path, narHash }) => `${path} ${narHash}`),
  );
  return systemListing(to.release, to.system)
    .paths.filter(({ path, narHash }) => !had.has(`${path} ${narHash}`))
    .reduce((sum, one) => sum + one.narSize, 0);
}

type Items = ReadonlyMap<string, { item: Item; compared: unknown }>;

/** That a system expects itself to run is no change: its own toplevel and digest are compared as "itself". */
function itemsOf(side: Side | null): Items {
  if (side === null) return new Map();
  const { toplevel, closureDigest, expected } = side.system;
  const compared = (item: Item) => {
    const own =
      item.expect.op === "eq" && (item.expect.want === toplevel || item.expect.want === closureDigest);
    return own ? { ...item, expect: "itself" } : item;
  };
  return new Map(expected.items.map((item) => [item.id, { item, compared: compared(item) }]));
}

function expectedChanges(from: Items, to: Items): ExpectedChange[] {
  const ids = [...new Set([...from.keys(), ...to.keys()])].sort(compareBytewise);
  return ids.flatMap((id) => {
    const was = from.get(id);
    const is = to.get(id);
    if (same(was?.compared ?? null, is?.compared ?? null)) return [];
    return [{ id, from: was?.item ?? null, to: is?.item ?? null }];
  });
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
