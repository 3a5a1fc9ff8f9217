import type { Listing } from "#core/closure/listing.ts";
import type { ClosureMember } from "#core/closure/member.ts";

/**
 * Who pulled in a package that was not there before. `chain` is the shortest way from the toplevel to it through references, by
 * name, both ends included, outputs of one package once; of equally short ways the one through the bytewise first paths.
 * `by` is the last name on it before the package that the old closure had too: the known thing that now needs something new.
 * That is the toplevel itself where nothing nearer was there, so `by` is null only if no name on the way was.
 */
export type Introduction = { by: string | null; chain: string[] };

/** `members` are those of `to`, position by position; `known` the names in the old closure; `added` the names asked about. */
export function introductions(
  to: Listing,
  members: readonly ClosureMember[],
  known: ReadonlySet<string>,
  added: ReadonlySet<string>,
): Map<string, Introduction> {
  const found = new Map<string, Introduction>();
  if (added.size === 0) return found;
  const parents = shortestWays(to);
  for (const position of parents.keys()) {
    const member = members[position];
    if (member?.section !== "package" || !added.has(member.name) || found.has(member.name)) continue;
    const chain = chainTo(position, parents, members);
    const by = chain.slice(0, -1).findLast((name) => known.has(name)) ?? null;
    found.set(member.name, { by, chain });
  }
  return found;
}

/** Breadth first over references: position → the position it was first reached from. A Map keeps the order of reaching. */
function shortestWays({ toplevel, paths }: Listing): Map<number, number | null> {
  const parents = new Map<number, number | null>();
  const start = paths.findIndex((one) => one.path === toplevel);
  if (start < 0) return parents;
  parents.set(start, null);
  // Entries added while iterating a Map are visited too: the Map is its own queue.
  for (const position of parents.keys())
    for (const reference of paths[position]?.references ?? [])
      if (!parents.has(reference)) parents.set(reference, position);
  return parents;
}

function chainTo(
  position: number,
  parents: ReadonlyMap<number, number | null>,
  members: readonly ClosureMember[],
): string[] {
  const chain: string[] = [];
  for (let at: number | null = position; at !== null; at = parents.get(at) ?? null) {
    const name = members[at]?.name;
    if (name !== undefined && name !== chain[0]) chain.unshift(name);
  }
  return chain;
}
