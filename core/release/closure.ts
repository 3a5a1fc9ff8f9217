import { closureDigestText, compareBytewise } from "#core/closure/digest.ts";
import { type StorePath, storePathSchema } from "#core/closure/store-path.ts";
import type { Release, ReleasePath, ReleaseSystem } from "#core/release/release.ts";
import type { RefusalReason, TrustRefusal } from "#core/trust/attack.ts";
import type { Sha256 } from "#core/trust/keys.ts";

/** One path that a system needs, with the paths it refers to spelled out. */
export type SystemPath = { path: StorePath; narHash: string; narSize: number; references: StorePath[] };

/** Positions that `start` reaches by references, itself included, ascending. Positions must be in range. */
export function reachableFrom(paths: readonly Pick<ReleasePath, "references">[], start: number): number[] {
  const seen = new Set([start]);
  // A set is walked in the order of insertion, what is added meanwhile included.
  for (const position of seen) for (const next of paths[position]?.references ?? []) seen.add(next);
  return [...seen].sort((a, b) => a - b);
}

/**
 * Whether a release file holds together: every system's paths are exactly what its toplevel reaches, so neither a missing path nor one
 * that nobody needs can ride along (extraneous dependencies, update-systems.md §4.5).
 */
export function refuseRelease(release: Release, sha256: Sha256): TrustRefusal | null {
  const list = refuseList(release.paths);
  if (list !== null) return list;
  const names = release.systems.map(({ name }) => name);
  if (new Set(names).size < names.length) return refuse("wrong-metadata", "systems", "a name stands twice");
  for (const system of release.systems) {
    const found = refuseClosure(release, system, sha256);
    if (found !== null) return found;
  }
  return null;
}

function refuse(refused: RefusalReason, where: string, detail: string): TrustRefusal {
  return { refused, where, detail };
}

function refuseList(paths: readonly ReleasePath[]): TrustRefusal | null {
  let before = "";
  for (const { path, references } of paths) {
    if (!storePathSchema.safeParse(path).success)
      return refuse("wrong-metadata", "paths", `${path} is no store path`);
    if (compareBytewise(before, path) >= 0)
      return refuse("wrong-metadata", "paths", `${path} is out of order or stands twice`);
    if (!isAscending(references, paths.length))
      return refuse("wrong-metadata", "paths", `references of ${path} are out of order or out of range`);
    before = path;
  }
  return null;
}

function isAscending(positions: readonly number[], end: number): boolean {
  return positions.every((position, index) => position < end && position > (positions[index - 1] ?? -1));
}

function refuseClosure(release: Release, system: ReleaseSystem, sha256: Sha256): TrustRefusal | null {
  const where = `system ${system.name}`;
  if (system.expected.toplevel !== null && system.expected.toplevel !== system.toplevel)
    return refuse("wrong-metadata", where, "what is expected of it is written for another system");
  const top = release.paths.findIndex(({ path }) => path === system.toplevel);
  if (top < 0) return refuse("path-set-differs", where, `${system.toplevel} is not in the list`);
  const reached = reachableFrom(release.paths, top);
  const same =
    reached.length === system.paths.length &&
    reached.every((position, index) => position === system.paths[index]);
  if (!same) {
    const listed = new Set(system.paths);
    const missing = reached.filter((position) => !listed.has(position)).length;
    const detail = `${missing} paths of its closure are missing, ${listed.size - reached.length + missing} are not part of it`;
    return refuse("path-set-differs", where, detail);
  }
  const digest = sha256(closureDigestText(closureOf(release, system)));
  if (digest === system.closureDigest) return null;
  return refuse("path-set-differs", where, `closure digest is ${digest}`);
}

/** What a system needs, in the order of the list. The release must have passed `refuseRelease`. */
export function closureOf(release: Release, system: ReleaseSystem): SystemPath[] {
  const named = (position: number): StorePath[] => {
    const path = release.paths[position]?.path;
    return path === undefined ? [] : [path as StorePath];
  };
  return system.paths.flatMap((position) => {
    const one = release.paths[position];
    if (one === undefined) return [];
    const references = one.references.flatMap(named);
    return [{ path: one.path as StorePath, narHash: one.narHash, narSize: one.narSize, references }];
  });
}
