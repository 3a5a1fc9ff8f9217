"use client";
import { useEffect, useRef, useState } from "react";
import { useSettled } from "#app/ask/use-settled.ts";

const WAIT_MS = 200;

/**
 * The moment a page is about. It is asked for once the slider rests, and then stands in the address, so that a link shows the same.
 * `href` makes the address of a moment.
 */
export function useMoment(startMs: number, href: (atMs: number) => string) {
  const [atMs, setAtMs] = useState(startMs);
  const askedMs = useSettled(atMs, WAIT_MS);
  const moved = useRef(false);
  const address = href(askedMs);
  useEffect(() => {
    if (moved.current) window.history.replaceState(null, "", address);
  }, [address]);
  return {
    atMs,
    askedMs,
    setAtMs: (ms: number) => {
      moved.current = true;
      setAtMs(ms);
    },
  };
}
