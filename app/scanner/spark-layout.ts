import type { Expectation } from "#core/manifest/item.ts";
import type { Series } from "#server/series/view.ts";

export type Limits = { min: number | null; max: number | null };

/** Between which values an item must stay; null: it has no such limits. */
export function limitsOf(expect: Expectation): Limits | null {
  if (expect.op === "eq" && typeof expect.want === "number") return { min: expect.want, max: expect.want };
  if (expect.op !== "range" || (expect.want.min === null && expect.want.max === null)) return null;
  return expect.want;
}

export type Spark = {
  /** One closed band per run of neighbouring points, from lowest to highest. */
  bands: string[];
  /** The last value of each point; a time without readings is a gap, never joined. */
  lines: string[];
  limits: number[];
  end: { x: number; y: number; out: boolean };
  min: number;
  max: number;
  last: number;
};

type Box = { width: number; height: number };
type Point = Series["items"][number]["points"][number];

/** Steps without a reading before the line ends: a scanner that is heard but whose facts stand still sends heartbeats, not reports. */
const GAP_STEPS = 12;

/** Everything of one small drawing in pixels; null: too little was read to draw. */
export function sparkOf(
  series: Omit<Series, "items">,
  points: readonly Point[],
  limits: Limits | null,
  box: Box,
): Spark | null {
  const first = points[0];
  const newest = points.at(-1);
  if (first === undefined || newest === undefined || points.length < 2) return null;
  const min = Math.min(...points.map((one) => one.min));
  const max = Math.max(...points.map((one) => one.max));
  const drawn = [limits?.min ?? null, limits?.max ?? null].filter((one) => one !== null);
  const low = Math.min(min, ...drawn);
  const high = Math.max(max, ...drawn);
  const { fromMs, toMs, stepMs } = series;
  const x = (ms: number) => round(((Math.max(ms, fromMs) - fromMs) / (toMs - fromMs)) * box.width);
  const y = (value: number) =>
    high === low ? box.height / 2 : round(1 + (1 - (value - low) / (high - low)) * (box.height - 2));
  const runs = runsOf(points, stepMs * GAP_STEPS);
  return {
    bands: runs.map((run) => {
      const over = run.map((one) => `${x(one.atMs)} ${y(one.max)}`);
      const under = run.map((one) => `${x(one.atMs)} ${y(one.min)}`).reverse();
      return `M${[...over, ...under].join("L")}Z`;
    }),
    lines: runs.map((run) => `M${run.map((one) => `${x(one.atMs)} ${y(one.last)}`).join("L")}`),
    limits: [...new Set(drawn)].map(y),
    end: { x: x(newest.atMs), y: y(newest.last), out: isOut(newest.last, limits) },
    ...{ min, max, last: newest.last },
  };
}

function isOut(value: number, limits: Limits | null): boolean {
  return limits !== null && (value < (limits.min ?? -Infinity) || value > (limits.max ?? Infinity));
}

function runsOf(points: readonly Point[], gapMs: number): Point[][] {
  const runs: Point[][] = [];
  for (const point of points) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run !== undefined && before !== undefined && point.atMs - before.atMs <= gapMs) run.push(point);
    else runs.push([point]);
  }
  return runs;
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}
