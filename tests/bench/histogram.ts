/** Values and how often each occurred, ascending by value. */
export type Histogram = readonly (readonly [value: number, count: number])[];

export function joined(histograms: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>();
  for (const [value, count] of histograms.flat()) counts.set(value, (counts.get(value) ?? 0) + count);
  return [...counts].sort(([a], [b]) => a - b);
}

/**
 * The smallest value that at least this share of all occurrences does not exceed.
 * @param share above 0, at most 1 @throws RangeError for an empty histogram
 */
export function percentileOf(histogram: Histogram, share: number): number {
  const total = histogram.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [value, count] of histogram) {
    seen += count;
    if (seen >= share * total) return value;
  }
  throw new RangeError("nothing was counted");
}
