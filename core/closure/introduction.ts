import type { ClosureMember } from "#core/closure/member.ts";

/**
 * Who pulled in a package that was not there before. `chain` is the shortest way from the toplevel to it through references, by
 * name, both ends included, outputs of one package once; of equally short ways the one through the bytewise first paths.
 * `by` is the last name on it before the package that the old closure had too: the known thing that now needs something new.
 * That is the toplevel itself where nothing nearer was there, so `by` is null only if no name on the way was.
 */
export type Introduction = { by: string | null; chain: string[] };

/** `members` are those of the new closure, position by position; `known` the names in the old one; `added` the names asked about. */
export function introductions(
  toplevel: string,
  members: readonly ClosureMember[],
  known: ReadonlySet<string>,
  added: ReadonlySet<string>,
): Map<string, Introduction> {
  const found = new Map<string, Introduction>();
  if (added.size === 0) return found;
  const parents = shortestWays(toplevel, members);
  for (const member of parents.keys()) {
    if (member.section !== "package" || !added.has(member.name) || found.has(member.name)) continue;
    const chain = chainTo(member, parents);
    const by = chain.slice(0, -1).findLast((name) => known.has(name)) ?? null;
    found.set(member.name, { by, chain });
  }
  return found;
}

type Parents = ReadonlyMap<ClosureMember, ClosureMember | null>;

/** Breadth first over references: each member that can be reached, and from where it first was. */
function shortestWays(toplevel: string, members: readonly ClosureMember[]): Parents {
  const parents = new Map<ClosureMember, ClosureMember | null>();
  const start = members.find((one) => one.path === toplevel);
  if (start === undefined) return parents;
  parents.set(start, null);
  // Entries added while iterating a Map are visited too: the Map is its own queue.
  for (const member of parents.keys())
    for (const position of member.references) {
      const needed = members[position];
      if (needed !== undefined && !parents.has(needed)) parents.set(needed, member);
    }
  return parents;
}

function chainTo(member: ClosureMember, parents: Parents): string[] {
  const chain: string[] = [];
  for (let at: ClosureMember | null = member; at !== null; at = parents.get(at) ?? null)
    if (at.name !== chain[0]) chain.unshift(at.name);
  return chain;
}
