/** Remembers what was answered about each object, for things that are never changed once they are made: manifests and facts. */
export function onceEach<Given extends object, Answer extends object>(answer: (given: Given) => Answer) {
  const answers = new WeakMap<Given, Answer>();
  return (given: Given): Answer => {
    const known = answers.get(given) ?? answer(given);
    answers.set(given, known);
    return known;
  };
}

/**
 * Finds entries of a fact's list by name. The list is walked once and not once for every item of a manifest. Of two entries with
 * one name the first counts.
 */
export function byName<T extends object>(
  nameOf: (entry: T) => string,
): (list: readonly T[], name: string) => T | undefined {
  const indexed = onceEach((list: readonly T[]) => indexOf(list, nameOf));
  return (list, name) => indexed(list).get(name);
}

function indexOf<T>(list: readonly T[], nameOf: (entry: T) => string): ReadonlyMap<string, T> {
  const index = new Map<string, T>();
  for (const entry of list) {
    const name = nameOf(entry);
    if (!index.has(name)) index.set(name, entry);
  }
  return index;
}
