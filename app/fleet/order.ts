/** Rows in the order the reader has in front of them, and how many would stand elsewhere in the newest order. */
export type Held<T> = { rows: T[]; moved: number };

/**
 * Values change in place, rows do not jump under the pointer (field-service.md §4.7): known rows keep their place, new
 * ones wait at the end, and the reader is told how many would move.
 */
export function inHeldOrder<T>(
  newest: readonly T[],
  held: readonly string[],
  id: (row: T) => string,
): Held<T> {
  const byId = new Map(newest.map((row) => [id(row), row]));
  const kept = held.flatMap((one) => byId.get(one) ?? []);
  const known = new Set(held);
  const rows = [...kept, ...newest.filter((row) => !known.has(id(row)))];
  const moved = rows.filter((row, place) => id(row) !== id(newest[place] as T)).length;
  return { rows, moved };
}
