/** Numbers of a bench, from its repetitions. Everything here is pure; samples come in any order. */

export type Spread = {
  median: number;
  /** Smallest and largest repetition: with a handful of them a standard deviation would only look exact. */
  low: number;
  high: number;
  count: number;
};

/** @throws RangeError without a sample: a bench that measured nothing has no figure */
export function spreadOf(samples: readonly number[]): Spread {
  return {
    median: quantile(samples, 0.5),
    low: quantile(samples, 0),
    high: quantile(samples, 1),
    count: samples.length,
  };
}

/**
 * Quantile with linear interpolation between neighbours (Hyndman and Fan 1996, type 7).
 * @param share 0 to 1
 */
export function quantile(samples: readonly number[], share: number): number {
  if (share < 0 || share > 1) throw new RangeError(`no quantile ${share}`);
  const sorted = [...samples].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError("no samples");
  return below + (above - below) * (place - Math.floor(place));
}

/** One repetition of what is measured and of its bare baseline, taken right after each other. */
export type Pair = { measured: number; baseline: number };

/**
 * Ratio pair by pair and then its spread: what the machine does to both halves of a pair falls out, what it does between pairs
 * does not enter.
 */
export function ratioOf(pairs: readonly Pair[]): Spread {
  return spreadOf(pairs.map(({ measured, baseline }) => measured / baseline));
}

/** Least squares; `slope` per unit of x. @throws RangeError when fewer than two different x are given */
export function linearFit(points: readonly { x: number; y: number }[]): { slope: number; intercept: number } {
  const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const x = mean(points.map((point) => point.x));
  const y = mean(points.map((point) => point.y));
  const spreadX = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  if (!(spreadX > 0)) throw new RangeError("a line needs two different places");
  const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spreadX;
  return { slope, intercept: y - slope * x };
}
