import type { Attention } from "#core/headline/observation.ts";
import { OFFLINE_AFTER_MS, REPORTS_TO_LEAVE_OFFLINE, SKEW_UNVERIFIABLE_MS } from "#core/protocol/timing.ts";
import type { Reason } from "#core/report/fact.ts";

/** What the server knows of a scanner's link: the hot row, as numbers. Times by the server's clock. */
export type LinkState = {
  lastSeenMs: number | null;
  /** Consecutive messages since the scanner was last offline, counted up to the two it takes to leave it (F28); 0: it was left offline. */
  messagesSinceOffline: number;
  /** Returns from offline within the window that began at `reconnectsSinceMs`. */
  reconnects: number;
  reconnectsSinceMs: number | null;
  /** Scanner's clock minus the server's at the last live message. */
  skewMs: number;
  /** Boot during which `skewMs` was measured; null: never. */
  bootId: string | null;
};

export const SILENT_LINK: LinkState = {
  lastSeenMs: null,
  messagesSinceOffline: REPORTS_TO_LEAVE_OFFLINE,
  reconnects: 0,
  reconnectsSinceMs: null,
  skewMs: 0,
  bootId: null,
};

const FLAP_WINDOW_MS = 60 * 60_000;
/** Returns from offline within an hour that make a link "flapping". */
const FLAPPING_FROM = 3;

/** One verified message arrived. The server's own outage was nobody's silence, so it counts from when the server listened again (V-02). */
export function hear<T extends LinkState>(link: T, nowMs: number, observingSinceMs: number): T {
  if (link.lastSeenMs === null) return { ...link, lastSeenMs: nowMs };
  const silentMs = nowMs - Math.max(link.lastSeenMs, observingSinceMs);
  const lastSeenMs = Math.max(link.lastSeenMs, nowMs);
  if (silentMs <= OFFLINE_AFTER_MS && link.messagesSinceOffline > 0) {
    const messages = Math.min(link.messagesSinceOffline + 1, REPORTS_TO_LEAVE_OFFLINE);
    return { ...link, lastSeenMs, messagesSinceOffline: messages };
  }
  const sameWindow = link.reconnectsSinceMs !== null && nowMs - link.reconnectsSinceMs <= FLAP_WINDOW_MS;
  return {
    ...link,
    lastSeenMs,
    messagesSinceOffline: 1,
    reconnects: sameWindow ? link.reconnects + 1 : 1,
    reconnectsSinceMs: sameWindow ? link.reconnectsSinceMs : nowMs,
  };
}

/**
 * What is held of a link by a server that begins to listen anew: its own outage makes nobody offline, and who was offline before it
 * stays so until it is heard (V-02). `attention`: until when, and since when, the server listened before.
 */
export function leaveOffline<T extends LinkState>(link: T, attention: Attention): T {
  if (link.lastSeenMs === null) return link;
  const silentMs = attention.lastAliveMs - Math.max(link.lastSeenMs, attention.observingSinceMs);
  return silentMs > OFFLINE_AFTER_MS ? { ...link, messagesSinceOffline: 0 } : link;
}

/** The same link, told by a clock that was set by so much. */
export function shiftLink(link: LinkState, byMs: number): LinkState {
  const { lastSeenMs, reconnectsSinceMs } = link;
  return {
    ...link,
    lastSeenMs: lastSeenMs === null ? null : lastSeenMs + byMs,
    reconnectsSinceMs: reconnectsSinceMs === null ? null : reconnectsSinceMs + byMs,
  };
}

/** Of a scanner that was offline: not heard since, or heard and not yet often enough to be back (F28). */
export type Absence = "none" | "silent" | "returning";

export function absenceOf({ messagesSinceOffline }: LinkState): Absence {
  if (messagesSinceOffline === 0) return "silent";
  return messagesSinceOffline < REPORTS_TO_LEAVE_OFFLINE ? "returning" : "none";
}

export function isFlapping(link: LinkState, nowMs: number): boolean {
  const { reconnects, reconnectsSinceMs } = link;
  return (
    reconnectsSinceMs !== null && nowMs - reconnectsSinceMs <= FLAP_WINDOW_MS && reconnects >= FLAPPING_FROM
  );
}

/**
 * A live message shows the skew directly. A report may have waited in the outbox, which looks like a clock that is behind; so
 * where this boot was already heard live, that measurement holds (V-08).
 */
export function reportSkewMs(
  link: LinkState,
  report: { bootId: string; sentAtMs: number },
  nowMs: number,
): number {
  return link.bootId === report.bootId ? link.skewMs : report.sentAtMs - nowMs;
}

/** Of a report that came by hand: how long it was on the way is no fault of its clock, which is believed where it was never measured in this boot. */
export function carriedSkewMs(link: LinkState, report: { bootId: string }): number {
  return link.bootId === report.bootId ? link.skewMs : 0;
}

/** F19: a scanner whose clock is this wrong is stored and shown, and its headline is unknown. */
export function skewProblem(skewMs: number): Reason | null {
  return Math.abs(skewMs) > SKEW_UNVERIFIABLE_MS ? { code: "clock-skew", params: { skewMs } } : null;
}
