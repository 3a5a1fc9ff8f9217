import { type BootChanges, bootChanges } from "#core/closure/boot.ts";
import { type Introduction, introductions } from "#core/closure/introduction.ts";
import type { Listing } from "#core/closure/listing.ts";
import { type ClosureMember, membersOf } from "#core/closure/member.ts";
import { type PackageChange, packageChanges } from "#core/closure/package-change.ts";

type UnitChange = { unit: string; change: "added" | "removed" | "changed" };

type Side = { toplevel: string; pathCount: number; narSize: number };

/**
 * What changed between two closures, at the level people think in (EXP-3). Sizes are bytes of NARs. `to` minus `from`, always:
 * swapping the two mirrors every word (added and removed, up and down) and the sign of every size.
 */
export type ClosureDiff = {
  from: Side;
  to: Side;
  sizeDelta: number;
  /** Everything with a version, except kernel modules. Sorted by name. */
  packages: (PackageChange & { introducedBy: Introduction | null })[];
  /** Kernel modules built for the kernel of their side; the kernel's own version is taken off theirs. */
  modules: PackageChange[];
  /** Generated files and scripts: whatever has no version and is no unit. */
  configuration: PackageChange[];
  /** systemd units, with the scripts that belong to them. */
  units: UnitChange[];
  boot: BootChanges;
  /** Same store path, other content: never the work of Nix alone, so it is listed whatever else changed (SEE-2). */
  sameNameOtherContent: { path: string; fromNarHash: string; toNarHash: string }[];
};

export function diffClosures(from: Listing, to: Listing): ClosureDiff {
  const before = membersOf(from);
  const after = membersOf(to);
  const changesOf = (section: ClosureMember["section"]) =>
    packageChanges(
      before.filter((one) => one.section === section),
      after.filter((one) => one.section === section),
    );
  const packages = changesOf("package");
  const added = packages.filter((one) => one.change === "added").map((one) => one.name);
  const introduced = introductions(
    to.toplevel,
    after,
    new Set(before.map((one) => one.name)),
    new Set(added),
  );
  return {
    from: side(from),
    to: side(to),
    sizeDelta: side(to).narSize - side(from).narSize,
    packages: packages.map((one) => ({ ...one, introducedBy: introduced.get(one.name) ?? null })),
    modules: changesOf("module"),
    configuration: changesOf("configuration"),
    units: changesOf("unit").map(unitChange),
    boot: bootChanges(from, to),
    sameNameOtherContent: otherContent(from, to),
  };
}

function side({ toplevel, paths }: Listing): Side {
  return {
    toplevel,
    pathCount: paths.length,
    narSize: paths.reduce((sum, one) => sum + one.narSize, 0),
  };
}

function unitChange({ name, change }: PackageChange): UnitChange {
  return { unit: name, change: change === "added" || change === "removed" ? change : "changed" };
}

function otherContent(from: Listing, to: Listing): ClosureDiff["sameNameOtherContent"] {
  const hashes = new Map<string, string>(from.paths.map((one) => [one.path, one.narHash]));
  return to.paths.flatMap(({ path, narHash }) => {
    const before = hashes.get(path);
    return before === undefined || before === narHash
      ? []
      : [{ path, fromNarHash: before, toNarHash: narHash }];
  });
}
