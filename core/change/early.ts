/** What of a closure may go into the store while the rest of it is still being fetched. */

type Referring = { path: string; references: readonly string[] };

/**
 * All of them, references first, and the largest as early as that allows: brought in this order, what has come is always of use, and what
 * takes longest to copy is not left for the end, when nothing comes beside it any more.
 */
export function inReferenceOrder<P extends Referring & { narSize: number }>(paths: readonly P[]): P[] {
  const byPath = new Map(paths.map((one) => [one.path, one]));
  const seen = new Set<P>();
  const placed = new Set<P>();
  const waiting = [...paths].sort((one, other) => one.narSize - other.narSize);
  for (let one = waiting.at(-1); one !== undefined; one = waiting.at(-1)) {
    if (!seen.has(one)) {
      seen.add(one);
      const needed = one.references.map((to) => byPath.get(to));
      waiting.push(...needed.filter((to): to is P => to !== undefined && !seen.has(to)));
      continue;
    }
    waiting.pop();
    // Of a circle, which no store holds, one comes before what it refers to; nothing is left out here.
    placed.add(one);
  }
  return [...placed];
}

/**
 * Those that lie in the spool and whose references are in the store, or are such themselves; references first. Nix takes no path before
 * what it refers to.
 * @param missing paths that the store lacks
 * @param spooled paths of `missing` whose files have come whole
 */
export function readyPaths<P extends Referring>(missing: readonly P[], spooled: ReadonlySet<string>): P[] {
  const awaited = new Set(missing.flatMap(({ path }) => (spooled.has(path) ? [] : [path])));
  const here = missing.filter(({ path }) => spooled.has(path));
  return inOrder(here, awaited);
}

type Node<P> = { one: P; left: number; users: Node<P>[] };

/** Kahn's: each when all it refers to came before it; what refers to something awaited is left out, and so is what stands on that. */
function inOrder<P extends Referring>(paths: readonly P[], awaited: ReadonlySet<string> = new Set()): P[] {
  const nodes = new Map(paths.map((one): [string, Node<P>] => [one.path, { one, left: 0, users: [] }]));
  for (const node of nodes.values())
    for (const to of node.one.references) {
      const needed = nodes.get(to);
      if (needed === node || (needed === undefined && !awaited.has(to))) continue;
      node.left += 1;
      needed?.users.push(node);
    }
  const ordered = [...nodes.values()].filter(({ left }) => left === 0);
  // Grows while it is walked.
  for (const { users } of ordered)
    for (const user of users) {
      user.left -= 1;
      if (user.left === 0) ordered.push(user);
    }
  return ordered.map(({ one }) => one);
}

/** The beginning of it that is no more than this, and one path at least: how long a scan that begins, or a question, has to wait. */
export function firstOf<P extends { narSize: number }>(
  ordered: readonly P[],
  most: { paths: number; bytes: number },
): P[] {
  let bytes = 0;
  return ordered.slice(0, most.paths).filter((one, at) => {
    bytes += one.narSize;
    return at === 0 || bytes <= most.bytes;
  });
}

/** Those that no other of them refers to: who keeps these keeps all. */
export function tipsOf<P extends Referring>(paths: readonly P[]): P[] {
  const used = new Set(paths.flatMap(({ path, references }) => references.filter((to) => to !== path)));
  return paths.filter(({ path }) => !used.has(path));
}
