import { jitteredMs } from "#agent/link/schedule.ts";
import type { ChangeState } from "#core/headline/axes.ts";

/**
 * Decides, from numbers only, when the program that fetches changes runs next. All times are milliseconds of one monotonic clock. The
 * server's word that there is something new is a hint and no more: without it the scanner looks every quarter of an hour.
 */
const EVERY_MS = 15 * 60_000;
const UNDER_WAY_MS = 15_000;
const AFTER_FAILURE_MS = 60_000;
/** However often the server says that there is something new. */
const CALM_MS = 5_000;
const SCANNING_MS = 5_000;

/** Exit status of fiducial-fetch: what the agent makes of it. */
export const FETCH_EXIT = { done: 0, failed: 1, refused: 2, later: 75 } as const;

export type FetchPlan = {
  nowMs: number;
  /** When the last run ended; null: none in this start. */
  endedMs: number | null;
  /** The server named another version than before, or the agent has just started. */
  asked: boolean;
  /** Runs in a row that did not get what they wanted. */
  failures: number;
  /** A change waits for files, or for anything else that the director may still take back. */
  underWay: boolean;
  scanning: boolean;
  /** In [0, 1), drawn once per run. */
  random: number;
};

export function nextFetch(plan: FetchPlan): { run: true } | { run: false; waitMs: number } {
  const { nowMs, endedMs, scanning } = plan;
  const dueMs = endedMs === null ? nowMs : endedMs + pauseMs(plan);
  if (nowMs < dueMs) return { run: false, waitMs: dueMs - nowMs };
  return scanning ? { run: false, waitMs: SCANNING_MS } : { run: true };
}

function pauseMs({ asked, failures, underWay, random }: FetchPlan): number {
  if (asked && failures === 0) return CALM_MS;
  if (underWay) return jitteredMs(UNDER_WAY_MS, random);
  // A server that has no instructions at all is not asked every minute for ever.
  const afterMs = failures === 0 ? EVERY_MS : AFTER_FAILURE_MS * 2 ** Math.min(failures - 1, 8);
  return jitteredMs(Math.min(afterMs, EVERY_MS), random);
}

/** In these states the scanner waits for something that only another look can bring, or take away again. */
const UNDER_WAY: readonly ChangeState[] = [
  "offered",
  "waiting",
  "downloading",
  "staged",
  "armed",
  "activating",
  "rebooting",
  "probation",
  "rolling-back",
];

export function isUnderWay(state: ChangeState): boolean {
  return UNDER_WAY.includes(state);
}
