import type { RefusalCode } from "#core/protocol/acknowledgement.ts";
import { FULL_REPORT_MS, HEARTBEAT_MS, RETRY_CAP_MS } from "#core/protocol/timing.ts";

/**
 * Decides, from numbers only, what the agent says next and when. No clock, no chance, no I/O: the loop passes them in.
 * All times are milliseconds of one monotonic clock.
 */
const FIRST_RETRY_MS = 1_000;
const MIN_RETRY_MS = 250;
/** What a signed Retry-After may ask at most; an unsigned one cannot ask for more than a back-off would. */
const SIGNED_WAIT_CAP_MS = 15 * 60_000;
/** Two looks at the host are never closer than this, however much happens: bounds what a flapping unit can cost. */
const CALM_MS = 1_000;
const APPROVAL_MS = 5_000;
const HELD_MS = 60_000;

/** Exponential with full jitter (V-10: a fleet that lost its server must not come back as one). `random` in [0, 1). */
export function backOffMs(failures: number, random: number): number {
  const ceiling = Math.min(RETRY_CAP_MS, FIRST_RETRY_MS * 2 ** Math.min(Math.max(failures - 1, 0), 20));
  return Math.max(MIN_RETRY_MS, Math.floor(ceiling * random));
}

/** An interval moved by up to a tenth either way, so that scanners booted together drift apart. */
export function jitteredMs(intervalMs: number, random: number): number {
  return Math.floor(intervalMs * (0.9 + 0.2 * random));
}

export function nextBeatMs(nowMs: number, random: number): number {
  return nowMs + jitteredMs(HEARTBEAT_MS, random);
}

export type Look = { digest: string; reportedDigest: string | null; sinceReportMs: number; asked: boolean };

/** Whether what was just seen is worth a report, and why; null: the next heartbeat says "unchanged". */
export function reportReason(look: Look): "start" | "change" | "asked" | "full" | null {
  if (look.reportedDigest === null) return "start";
  if (look.digest !== look.reportedDigest) return "change";
  if (look.asked) return "asked";
  return look.sinceReportMs >= FULL_REPORT_MS ? "full" : null;
}

/** When to look at the host again: at once after a change (but calmly), else with the periodic look that backs up inotify. */
export function nextLookMs(lastLookMs: number, changed: boolean, random: number): number {
  return lastLookMs + (changed ? CALM_MS : jitteredMs(HEARTBEAT_MS, random));
}

export type Talk = {
  nowMs: number;
  /** Nothing is sent before: back-off, Retry-After or a refusal. */
  notBeforeMs: number;
  nextBeatMs: number;
  /** The last answer was a refusal that people have to lift; only heartbeats ask whether they have. */
  held: boolean;
  reports: number;
  closures: number;
  /** The daemon says the scanner is not idle: nothing big is sent (SEE-17). */
  scanning: boolean;
};
export type Said = "report" | "heartbeat" | "closure";

export function nextMessage(talk: Talk): { send: Said } | { waitMs: number } {
  if (talk.nowMs < talk.notBeforeMs) return { waitMs: talk.notBeforeMs - talk.nowMs };
  if (talk.held) return { send: "heartbeat" };
  if (talk.reports > 0) return { send: "report" };
  if (talk.nowMs >= talk.nextBeatMs) return { send: "heartbeat" };
  if (talk.closures > 0 && !talk.scanning) return { send: "closure" };
  return { waitMs: talk.nextBeatMs - talk.nowMs };
}

/**
 * What a signed refusal means for the agent. `retry`: nothing is wrong with the message. `approval`, `held`: people decide,
 * everything is kept. `give-up`: this message can never be taken, so it must not block those behind it; it is counted.
 */
export type RefusalMeaning = "retry" | "approval" | "held" | "give-up";
export type SignedRefusal = RefusalCode | "unknown-refusal";

export const REFUSAL_MEANING = {
  "too-large": "give-up",
  "wrong-type": "give-up",
  "not-json": "give-up",
  "too-complex": "give-up",
  "wrong-schema": "give-up",
  "digest-mismatch": "give-up",
  "not-asked-for": "give-up",
  "replayed-conflict": "give-up",
  "awaiting-approval": "approval",
  "wrong-protocol": "held",
  "unknown-key": "held",
  "bad-signature": "held",
  "not-your-scanner": "held",
  "refused-by-admin": "held",
  retired: "held",
  "locked-out": "held",
  "token-unknown": "held",
  "token-expired": "held",
  "token-used": "held",
  "serial-taken": "held",
  // Said about the way the bytes arrived, not about the bytes: something in between may have garbled or held them.
  "wrong-method": "retry",
  "wrong-headers": "retry",
  "too-slow": "retry",
  busy: "retry",
  "database-away": "retry",
  "unknown-refusal": "retry",
} as const satisfies Record<SignedRefusal, RefusalMeaning>;

export type Failure = { kind: "trouble" } | { kind: "refused"; meaning: RefusalMeaning; said: Said };

/** How long nothing is sent after a failure. `failures` counts this one. */
export function waitAfterMs(
  failure: Failure,
  failures: number,
  retryAfterMs: number | null,
  random: number,
): number {
  const signed = failure.kind === "refused";
  const asked = Math.min(retryAfterMs ?? 0, signed ? SIGNED_WAIT_CAP_MS : RETRY_CAP_MS);
  return Math.max(asked, ownWaitMs(failure, failures, random));
}

function ownWaitMs(failure: Failure, failures: number, random: number): number {
  if (failure.kind === "trouble") return backOffMs(failures, random);
  switch (failure.meaning) {
    case "approval":
      return jitteredMs(APPROVAL_MS, random);
    case "held":
      return jitteredMs(HELD_MS, random);
    case "retry":
      return backOffMs(failures, random);
    case "give-up":
      // The message is gone, the next one may go at once; a refused heartbeat only waits for its next turn.
      return failure.said === "heartbeat" ? jitteredMs(HEARTBEAT_MS, random) : MIN_RETRY_MS;
  }
}
