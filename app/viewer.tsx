"use client";
import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from "react";
import type { Me, Preferences } from "./data.ts";
import { absoluteText, wall } from "./ui/time/zone.ts";
import { type Params, type Word, word } from "./ui/words.ts";

/** Who looks at the page and how they want it said. `renderedAtMs`: the server's clock when the first paint was made. */
export type Viewer = { me: Me | null; preferences: Preferences; renderedAtMs: number };

const ViewerContext = createContext<Viewer | null>(null);

export function ViewerProvider({ viewer, children }: { viewer: Viewer; children: ReactNode }) {
  return <ViewerContext value={viewer}>{children}</ViewerContext>;
}

export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (viewer === null) throw new Error("no ViewerProvider above this component");
  return viewer;
}

/** Signed-in pages only. */
export function useMe(): Me {
  const { me } = useViewer();
  if (me === null) throw new Error("this component is for signed-in pages");
  return me;
}

export function useWords() {
  const { locale } = useViewer().preferences;
  return useMemo(() => ({ locale, t: (key: Word, params?: Params) => word(locale, key, params) }), [locale]);
}

const SECOND = 1_000;
/** Below this the difference is nobody's business. */
const TRUSTED_SKEW_MS = 2_000;
let skewMs: number | null = null;

/**
 * How far this browser's clock is behind the server's. The page was rendered after its request was sent and before its
 * first byte came; only a clock outside that span is known to be wrong, however slow the page was.
 */
function clockDifference(renderedAtMs: number): number {
  const [navigation] = performance.getEntriesByType("navigation");
  if (!(navigation instanceof PerformanceNavigationTiming)) return 0;
  const sentMs = performance.timeOrigin + navigation.requestStart;
  const receivedMs = performance.timeOrigin + navigation.responseStart;
  if (renderedAtMs < sentMs - TRUSTED_SKEW_MS) return renderedAtMs - sentMs;
  if (renderedAtMs > receivedMs + TRUSTED_SKEW_MS) return renderedAtMs - receivedMs;
  return 0;
}

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, SECOND);
  return () => clearInterval(timer);
}

/** Server time as this browser reckons it: a workstation with a wrong clock must not show wrong ages. */
export function serverNow(renderedAtMs: number): number {
  skewMs ??= clockDifference(renderedAtMs);
  return Date.now() + skewMs;
}

/**
 * Something said about the passing time. The component renders again only when what is said changes, so a table of a
 * thousand ages costs nothing while they stay the same. `say` must return a primitive; it is told whole seconds, because
 * an answer that differed at every call would never let the page come to rest.
 */
export function useClock<T extends string | number | boolean>(say: (nowMs: number) => T): T {
  const { renderedAtMs } = useViewer();
  return useSyncExternalStore(
    subscribe,
    () => say(Math.floor(serverNow(renderedAtMs) / SECOND) * SECOND),
    () => say(renderedAtMs),
  );
}

/** In which zone a time is shown: site-local on a scanner, the reader's own, or UTC, as they prefer. */
export function useZone(siteZone: string | null): string {
  const { times, timeZone } = useViewer().preferences;
  if (times === "utc") return "UTC";
  return times === "site" && siteZone !== null ? siteZone : timeZone;
}

export function useAbsolute(siteZone: string | null = null): (ms: number) => string {
  const zone = useZone(siteZone);
  const { preferences, renderedAtMs } = useViewer();
  return (ms) => absoluteText(ms, renderedAtMs, zone, preferences.locale);
}

/** 14:03:22 CET, without the day. */
export function useClockText(siteZone: string | null = null): (ms: number) => string {
  const zone = useZone(siteZone);
  const { locale } = useViewer().preferences;
  return (ms) => {
    const at = wall(ms, zone, locale);
    return `${at.time} ${at.zone}`;
  };
}
