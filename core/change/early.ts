/** What of a closure may go into the store while the rest of it is still being fetched. */

type Referring = { path: string; references: readonly string[] };

/** What is smaller takes as long as any to be copied, and next to nothing to come. */
const LARGE_BYTES = 4 * 1024 * 1024;

/**
 * All of them, references first: brought in this order, what has come is always of use. As far as that allows, what is small comes first and
 * the rest from the largest down, so that neither many paths nor a single large one is left to be copied when nothing comes beside it any
 * more. Paths outside the list count as there.
 */
export function inReferenceOrder<P extends Referring & { narSize: number }>(paths: readonly P[]): P[] {
  const small: Node<P>[] = [];
  /** From the smallest up. */
  const large: Node<P>[] = [];
  const add = (node: Node<P>) => {
    if (node.one.narSize < LARGE_BYTES) small.push(node);
    else large.splice(large.findLastIndex(({ one }) => one.narSize <= node.one.narSize) + 1, 0, node);
  };
  for (const node of nodesOf(paths)) if (node.left === 0) add(node);
  const ordered = new Set<P>();
  for (let at = 0; ; ) {
    const node = small[at] ?? large.pop();
    if (node === small[at]) at += 1;
    if (node === undefined) break;
    ordered.add(node.one);
    for (const freed of placed(node)) add(freed);
  }
  // No store holds paths that refer to each other in a circle; a list that says so is refused elsewhere, and not shortened here.
  return [...ordered, ...paths.filter((one) => !ordered.has(one))];
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
function inOrder<P extends Referring>(paths: readonly P[], awaited: ReadonlySet<string>): P[] {
  const ordered = nodesOf(paths, awaited).filter(({ left }) => left === 0);
  // Grows while it is walked.
  for (const node of ordered) ordered.push(...placed(node));
  return ordered.map(({ one }) => one);
}

/** Each with how many of the others, and of those awaited, it refers to. */
function nodesOf<P extends Referring>(
  paths: readonly P[],
  awaited: ReadonlySet<string> = new Set(),
): Node<P>[] {
  const nodes = new Map(paths.map((one): [string, Node<P>] => [one.path, { one, left: 0, users: [] }]));
  for (const node of nodes.values())
    for (const to of node.one.references) {
      const needed = nodes.get(to);
      if (needed === node || (needed === undefined && !awaited.has(to))) continue;
      node.left += 1;
      needed?.users.push(node);
    }
  return [...nodes.values()];
}

/** Those that waited for this one alone. */
function placed<P>({ users }: Node<P>): Node<P>[] {
  return users.filter((user) => {
    user.left -= 1;
    return user.left === 0;
  });
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
