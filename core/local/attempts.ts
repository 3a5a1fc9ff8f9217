import * as z from "zod";
import { epochMsSchema } from "#core/identity/identity.ts";

/**
 * Guessing the passcode: after three wrong ones each further try waits twice as long. Durable, so that neither a restart nor a power cut
 * gives new tries, and counted before the passcode is looked at, so that killing the program in between gives none either.
 */
export const attemptsSchema = z.strictObject({ failures: z.int().nonnegative(), lastAtMs: epochMsSchema });
export type Attempts = z.infer<typeof attemptsSchema>;

export const NO_ATTEMPTS: Attempts = { failures: 0, lastAtMs: 0 };

const FREE_TRIES = 3;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** Milliseconds until the next try is looked at; 0: now. A clock that was set back does not shorten it. */
export function waitMs({ failures, lastAtMs }: Attempts, nowMs: number): number {
  if (failures < FREE_TRIES) return 0;
  const wholeMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - FREE_TRIES, 16));
  return Math.max(0, wholeMs - Math.max(0, nowMs - lastAtMs));
}

export function counted({ failures }: Attempts, nowMs: number): Attempts {
  return { failures: failures + 1, lastAtMs: nowMs };
}
