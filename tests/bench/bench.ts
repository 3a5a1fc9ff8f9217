import type { Spread } from "#tests/bench/statistics.ts";

/** What one bench is and what it hands back. The runner knows nothing about any bench but this. */

export type Figure = {
  /** Stable name, `<bench>.<what>`; the JSON of two runs is compared by it. */
  id: string;
  what: string;
  unit: Unit;
  measured: Spread;
  /** What was run beside it; null: an amount that stands for itself. */
  baseline: { what: string; spread: Spread } | null;
  /** Measured over baseline; null where there is none. */
  ratio: Spread | null;
  aim: Aim | null;
  /** What keeps the number from being better, in one sentence. */
  limits: string;
};

export type Unit = "/s" | "s" | "ms" | "µs" | "MB" | "kB" | "%" | "MB/h" | "";

/** An aim is printed with the figure and never fails a run: whether a machine is quiet is for people to judge. */
export type Aim = {
  of: "measured" | "ratio";
  /** Inclusive. */
  is: "at least" | "at most";
  value: number;
};

export type Outcome =
  | { kind: "measured"; figures: readonly Figure[]; notes?: readonly string[] }
  | { kind: "skipped"; why: string };

export type Context = {
  /** Fewer repetitions and smaller amounts: to see that a bench runs, not to publish. */
  effort: Effort;
  /** One line about what is going on; shown on stderr, overwritten by the next. */
  progress: (line: string) => void;
  /** A folder of its own, removed afterwards. */
  folder: string;
  /** Must be called for everything that outlives a failure: it is run at the end, last first. */
  atEnd: (undo: () => Promise<void> | void) => void;
};

export type Effort = "short" | "usual" | "long";

export type Bench = {
  name: string;
  about: string;
  /** Left out unless it is named, or the run is long. */
  onlyLong?: true;
  run: (context: Context) => Promise<Outcome>;
};

/** The amount for this effort. */
export function byEffort<T>(context: Context, amounts: Record<Effort, T>): T {
  return amounts[context.effort];
}
