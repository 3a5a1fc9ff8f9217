import type { Listing } from "#core/closure/listing.ts";
import type { Release, ReleaseSystem } from "#core/release/release.ts";

/**
 * One system of a release as a closure of its own: the positions of the shared list become positions in this one. References that
 * lead out of the system are left out; that there are none is for the check of the release to say, and not for a comparison.
 */
export function systemListing(release: Pick<Release, "paths">, system: ReleaseSystem): Listing {
  const own = new Map(system.paths.map((shared, position) => [shared, position]));
  const paths = system.paths.flatMap((shared) => {
    const path = release.paths[shared];
    if (path === undefined) return [];
    return [{ ...path, references: path.references.flatMap((reference) => own.get(reference) ?? []) }];
  });
  return { toplevel: system.toplevel, paths };
}
