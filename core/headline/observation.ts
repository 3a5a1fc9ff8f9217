/** What the server remembers of its own attention; times by its clock. */
export type Attention = { observingSinceMs: number; lastAliveMs: number };

/** A pause this short loses nobody: scanners beat every 15 s and retry. */
const UNNOTICED_MS = 10_000;

/**
 * Since when the server has been listening, at start: a restart within seconds goes on where it was, a longer outage begins anew,
 * and so does a clock that now stands before the last sign of life (V-02, V-09).
 */
export function observingSinceAtStart(kept: Attention | null, nowMs: number): number {
  if (kept === null) return nowMs;
  const away = nowMs - kept.lastAliveMs;
  return away < 0 || away > UNNOTICED_MS ? nowMs : Math.min(kept.observingSinceMs, nowMs);
}

/** Listening without being able to answer is not listening: scanners back off, and their silence is our doing. */
export function observingSinceAfter(attention: Attention, nowMs: number): Attention {
  const away = nowMs - attention.lastAliveMs;
  return { observingSinceMs: away > UNNOTICED_MS ? nowMs : attention.observingSinceMs, lastAliveMs: nowMs };
}
