"use client";
import { useSyncExternalStore } from "react";

const NARROW = "(max-width: 767px)";

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

/** Whether cards are shown instead of the table; null on the server, which sends a first screen of both and lets the style sheet choose. */
export function useNarrow(): boolean | null {
  return useSyncExternalStore<boolean | null>(
    subscribe,
    () => window.matchMedia(NARROW).matches,
    () => null,
  );
}
