import type { Sequence } from "#server/scanner/view.ts";

export function placeOf({ bootCounter, startCounter, seq }: Sequence): Sequence {
  return { bootCounter, startCounter, seq };
}

/** Order of two messages of one scanner: by boot, agent start and number; never by time, which a scanner may have wrong (V-08). */
export function comparePlaces(a: Sequence, b: Sequence): number {
  return a.bootCounter - b.bootCounter || a.startCounter - b.startCounter || a.seq - b.seq;
}

/**
 * A report's moment in history, by the server's clock: when the facts were read, corrected by the scanner's known skew, never
 * before its predecessor's moment and never after its successor's or its own arrival. So history's times never contradict the
 * scanner's own order, however wrong its clock is.
 */
export function momentOf(report: {
  observedAtMs: number;
  skewMs: number;
  receivedAtMs: number;
  afterMs: number | null;
  beforeMs: number | null;
}): number {
  const latest = Math.min(report.receivedAtMs, report.beforeMs ?? report.receivedAtMs);
  const earliest = Math.min(report.afterMs ?? 0, latest);
  return Math.min(Math.max(report.observedAtMs - report.skewMs, earliest), latest);
}
