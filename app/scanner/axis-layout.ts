import type { Interval, Timeline } from "#server/scanner/view.ts";

/** Everything on the time axis in pixels; drawing it needs no further arithmetic. */
export type Scale = { fromMs: number; toMs: number; left: number; right: number };
export type Bar = { interval: Interval; x: number; width: number; row: number; open: boolean };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
] as const;

export function xOf(ms: number, { fromMs, toMs, left, right }: Scale): number {
  const inside = Math.min(Math.max(ms, fromMs), toMs);
  return round(left + ((inside - fromMs) / (toMs - fromMs)) * (right - left));
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}

/**
 * Ticks on round wall-clock times, at least `gap` pixels apart.
 * @param offsetMs the zone's offset at an instant, so that "12:00" is noon there, also across a change of daylight saving
 */
export function ticks(scale: Scale, gap: number, offsetMs: (ms: number) => number): number[] {
  const { fromMs, toMs, left, right } = scale;
  const room = Math.max(1, Math.floor((right - left) / gap));
  const step =
    STEPS.find((one) => (toMs - fromMs) / one <= room) ??
    7 * DAY * Math.ceil((toMs - fromMs) / (7 * DAY * room));
  const out: number[] = [];
  for (let local = Math.ceil((fromMs + offsetMs(fromMs)) / step) * step; ; local += step) {
    const guess = local - offsetMs(local - offsetMs(fromMs));
    if (guess > toMs) return out;
    if (guess >= fromMs && guess !== out.at(-1)) out.push(guess);
  }
}

/** Seconds a bar must at least be wide, so that a short event is still a thing one can see. */
const THIN = 3;

/** Places intervals in as many rows as they overlap, at most `rows`; `hidden` says how many found no place. */
export function bars(
  intervals: readonly Interval[],
  scale: Scale,
  rows: number,
): { bars: Bar[]; hidden: number } {
  const ends: number[] = [];
  const out: Bar[] = [];
  let hidden = 0;
  for (const interval of [...intervals].sort((a, b) => a.openedMs - b.openedMs)) {
    const closedMs = interval.closedMs ?? scale.toMs;
    if (closedMs < scale.fromMs || interval.openedMs > scale.toMs) continue;
    const x = xOf(interval.openedMs, scale);
    const width = Math.max(THIN, round(xOf(closedMs, scale) - x));
    const free = ends.findIndex((end) => end <= x);
    const row = free === -1 ? ends.length : free;
    if (row >= rows) {
      hidden += 1;
      continue;
    }
    ends[row] = x + width;
    out.push({ interval, x, width, row, open: interval.closedMs === null });
  }
  return { bars: out, hidden };
}

/** For what follows one another in time: the little that every bar is at least wide is no reason for a second row. */
export function inOneRow(intervals: readonly Interval[], scale: Scale): { bars: Bar[]; hidden: number } {
  const { bars: placed, hidden } = bars(intervals, scale, Number.POSITIVE_INFINITY);
  return { bars: placed.map((bar) => ({ ...bar, row: 0 })), hidden };
}

/** The row in which a line from one x to another meets no bar; a row of its own below them when all are taken there. */
export function freeRow(placed: readonly Bar[], from: number, to: number): number {
  const taken = new Set(placed.filter(({ x, width }) => x < to && x + width > from).map(({ row }) => row));
  let row = 0;
  while (taken.has(row)) row += 1;
  return row;
}

/** How many rows a lane needs; one when it is empty, so that the lane itself stays visible. */
export function rowCount(placed: readonly Bar[]): number {
  return Math.max(1, ...placed.map(({ row }) => row + 1));
}

export type Distance = { causeMs: number; effectMs: number; cause: Interval; lane: "releases" | "boots" };
/** A change longer ago than this is not offered as what came before a finding. */
const NEAR_MS = DAY;

/**
 * The distance that people look for: from the newest activation or boot to the first finding that came after it and is
 * still open. It is a distance in time and is said as one; null when there is no such pair in sight.
 */
export function distance({ fromMs, lanes }: Timeline): Distance | null {
  const open = lanes.findings.filter(({ closedMs, openedMs }) => closedMs === null && openedMs >= fromMs);
  const effectMs = Math.min(...open.map(({ openedMs }) => openedMs));
  if (!Number.isFinite(effectMs)) return null;
  // What was not seen cannot be what came before.
  const before = ({ openedMs, tone }: Interval) =>
    tone !== "unknown" && openedMs >= fromMs && openedMs < effectMs && effectMs - openedMs <= NEAR_MS;
  for (const lane of ["releases", "boots"] as const) {
    const cause = newest(lanes[lane].filter(before));
    if (cause !== undefined) return { causeMs: cause.openedMs, effectMs, cause, lane };
  }
  return null;
}

function newest(intervals: readonly Interval[]): Interval | undefined {
  return [...intervals].sort((a, b) => b.openedMs - a.openedMs)[0];
}
