/** Readings of numeric items over a time (EXP-9); types only. Times are milliseconds since the epoch. */
type SeriesPoint = { atMs: number; min: number; max: number; last: number };

export type Series = {
  fromMs: number;
  toMs: number;
  /** How long a point stands for, at least five minutes. */
  stepMs: number;
  items: { itemId: string; points: SeriesPoint[] }[];
};
