import type { Link } from "#core/headline/axes.ts";
import { budgetMs } from "#core/headline/change-budget.ts";
import type { Situation } from "#core/headline/situation.ts";
import { LATE_AFTER_MS, OFFLINE_AFTER_MS } from "#core/protocol/timing.ts";

/** Since when nothing was heard: the server's own outage counts for nobody (status.md). Null: never heard. */
export function silentSinceMs(situation: Situation): number | null {
  const { lastSeenMs, observingSinceMs } = situation;
  return lastSeenMs === null ? null : Math.max(lastSeenMs, observingSinceMs);
}

/** live up to 45 s of silence, late up to 180 s, then offline; leaving offline needs two messages in a row (F28). */
export function linkOf(situation: Situation): Link {
  const sinceMs = silentSinceMs(situation);
  if (sinceMs === null) return "never";
  const silentMs = situation.nowMs - sinceMs;
  if (silentMs > OFFLINE_AFTER_MS || situation.absence !== "none") return "offline";
  return silentMs > LATE_AFTER_MS ? "late" : "live";
}

/** One message after a silence is told of only when there was one. */
export function silenceCode({ absence }: Situation): "link-returning" | "no-report" {
  return absence === "returning" ? "link-returning" : "no-report";
}

/** A reboot is silent by nature: inside its budget silence says nothing. */
export function rebootExcusesSilence({ change, nowMs }: Situation): boolean {
  if (change.value !== "rebooting" && change.value !== "rolling-back") return false;
  const budget = budgetMs(change);
  return budget !== null && nowMs - change.sinceMs <= budget;
}
