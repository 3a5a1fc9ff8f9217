"use client";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { type Nudged, useConnected, useNudges } from "#app/realtime.tsx";
import { useTRPCClient } from "#app/trpc.tsx";
import { serverNow, useViewer } from "#app/viewer.tsx";
import type { Fleet } from "#server/scanner/view.ts";
import { createLiveFleet, type FleetSnapshot, type LiveFleet } from "./live-fleet.ts";

/** At most one wave of rows a second, however many scanners change. */
const WAVE_MS = 1_000;
/** Rows older than this are not a first look any more. */
const KEPT_MS = 10_000;
/** Heartbeats nudge nobody; asking again bounds how old "last report" can get. */
const ASK_AGAIN_MS = 15_000;

/** The live table of one query; another query is another table. */
export function useLiveFleet(query: string, first: Fleet): LiveFleet {
  const client = useTRPCClient();
  const connected = useConnected();
  const { renderedAtMs } = useViewer();
  const create = () =>
    createLiveFleet(query, first, {
      list: (asked) => client.scanner.list.query({ query: asked }),
      order: (asked) => client.scanner.order.query({ query: asked }),
      rows: (ids) => client.scanner.rows.query({ ids: [...ids] as never[] }),
      counts: (asked) => client.scanner.counts.query({ query: asked }),
    });
  const [held, setFleet] = useState(create);
  const fleet = held.query === query ? held : create();
  if (held !== fleet) setFleet(fleet);
  useEffect(() => {
    // Back from another page the browser may show what it kept.
    if (serverNow(renderedAtMs) - fleet.snapshot().asOfMs > KEPT_MS) void fleet.refresh();
    else if (fleet.snapshot().total > fleet.snapshot().ids.length) void fleet.loadOrder();
  }, [fleet, renderedAtMs]);
  useWaves(fleet, connected);
  return fleet;
}

/** The first change after a quiet while is asked for at once, those behind it together. */
function useWaves(fleet: LiveFleet, connected: boolean): void {
  const soon = useRef<() => void>(() => undefined);
  useNudges(
    useCallback(
      (nudged: Nudged) => {
        if (nudged === "everything") fleet.doubt();
        else fleet.nudged(nudged);
        soon.current();
      },
      [fleet],
    ),
  );
  useEffect(() => {
    if (!connected) return;
    const waves = startWaves(fleet);
    soon.current = waves.soon;
    waves.soon();
    const again = setInterval(() => {
      fleet.doubt();
      waves.soon();
    }, ASK_AGAIN_MS);
    return () => {
      soon.current = () => undefined;
      clearInterval(again);
      waves.stop();
    };
  }, [fleet, connected]);
}

function startWaves(fleet: LiveFleet) {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;
  let lastMs = Number.NEGATIVE_INFINITY;
  const wave = () => {
    timer = null;
    lastMs = performance.now();
    void fleet.pull().then(soon);
  };
  const soon = () => {
    if (stopped || timer !== null || !fleet.isBehind()) return;
    timer = setTimeout(wave, Math.max(0, lastMs + WAVE_MS - performance.now()));
  };
  return {
    soon,
    stop: () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

export function useSnapshot(fleet: LiveFleet): FleetSnapshot {
  return useSyncExternalStore(fleet.subscribe, fleet.snapshot, fleet.snapshot);
}

/** One row; what renders it renders again only when this row changed. */
export function useRow(fleet: LiveFleet, id: string | undefined) {
  const read = () => fleet.row(id);
  return useSyncExternalStore(fleet.subscribe, read, read);
}
