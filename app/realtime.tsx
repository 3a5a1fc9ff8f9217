"use client";
import { type QueryClient, type QueryKey, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { io, type Socket } from "socket.io-client";
import * as z from "zod";
import type { BrowserToServer, ServerToBrowser } from "#core/protocol/events.ts";
import { serverNow, useViewer } from "./viewer.tsx";

/**
 * The socket only says that something changed; the page then asks again. `lost` begins when an established or expected
 * connection is gone: from then on the page shows the data of that moment and says so.
 */
export type Connection =
  | { state: "connecting" }
  | { state: "live"; backSinceMs: number | null }
  | { state: "lost"; sinceMs: number };

/** Ids of scanners that changed, or everything may have. */
export type Nudged = readonly string[] | "everything";
type Listen = (listener: (nudged: Nudged) => void) => () => void;
type Realtime = { connection: Connection; newBuild: boolean; listen: Listen };

const RealtimeContext = createContext<Realtime>({
  connection: { state: "connecting" },
  newBuild: false,
  listen: () => () => undefined,
});

export function useRealtime(): Realtime {
  return useContext(RealtimeContext);
}

/** True while writing makes sense; forms disable themselves with the reason otherwise. */
export function useConnected(): boolean {
  return useContext(RealtimeContext).connection.state !== "lost";
}

/** For what keeps its own rows: told at once, whatever the waves of questions do. `listener` must not change between renders. */
export function useNudges(listener: (nudged: Nudged) => void): void {
  const { listen } = useContext(RealtimeContext);
  useEffect(() => listen(listener), [listen, listener]);
}

/** At most one wave of questions a second, however many scanners change. */
const WAVE_MS = 1_000;
/** A page that could not connect at all for this long is not live either. */
const PATIENCE_MS = 8_000;
/** How often a page that was hung up on knocks again: after signing in anew it is live within this time. */
const AGAIN_MS = 3_000;

export function RealtimeProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const { renderedAtMs } = useViewer();
  const [connection, setConnection] = useState<Connection>({ state: "connecting" });
  const [newBuild, setNewBuild] = useState(false);
  const [ears] = useState(() => new Set<(nudged: Nudged) => void>());
  useEffect(() => {
    const wave = startWaves(queryClient, (nudged) => {
      for (const hear of ears) hear(nudged);
    });
    const socket: Socket<ServerToBrowser, BrowserToServer> = io({
      path: "/ws",
      transports: ["websocket", "polling"],
    });
    let build: string | null = null;
    const lose = () =>
      setConnection((was) =>
        was.state === "lost" ? was : { state: "lost", sinceMs: serverNow(renderedAtMs) },
      );
    const patience = setTimeout(() => !socket.connected && lose(), PATIENCE_MS);
    const rest = knockAgain(socket, wave.everything);
    socket.on("connect", () => {
      setConnection((was) => {
        if (was.state === "lost") wave.everything();
        // What changed after the server drew the page and before this line stood was nudged to nobody.
        if (was.state === "connecting") wave.sinceDrawn();
        return { state: "live", backSinceMs: was.state === "lost" ? serverNow(renderedAtMs) : null };
      });
    });
    socket.on("disconnect", lose);
    socket.on("scanners-changed", (ids) => wave.scanners(ids));
    socket.on("list-changed", (list) => wave.list(list));
    socket.on("hello", (now) => {
      if (build !== null && build !== now) setNewBuild(true);
      build = now;
    });
    return () => {
      clearTimeout(patience);
      rest();
      wave.stop();
      socket.disconnect();
    };
  }, [queryClient, renderedAtMs, ears]);
  const value = useMemo(() => {
    const listen: Listen = (listener) => {
      ears.add(listener);
      return () => void ears.delete(listener);
    };
    return { connection, newBuild, listen };
  }, [connection, newBuild, ears]);
  return <RealtimeContext value={value}>{children}</RealtimeContext>;
}

/**
 * socket.io tries again by itself when the line broke, but not when the server hung up or refused. A refusal for want of a session is
 * told once, so that the page asks and hears that it ended; knocking goes on, because signing in again happens on the same page.
 */
function knockAgain(socket: Socket<ServerToBrowser, BrowserToServer>, onSignedOut: () => void): () => void {
  let told = false;
  socket.on("connect", () => {
    told = false;
  });
  socket.on("disconnect", (why) => {
    if (why === "io server disconnect") socket.connect();
  });
  socket.on("connect_error", ({ message }) => {
    if (message !== "not-signed-in" || told) return;
    told = true;
    onSignedOut();
  });
  const timer = setInterval(() => !socket.active && socket.connect(), AGAIN_MS);
  return () => clearInterval(timer);
}

type ListName = Parameters<ServerToBrowser["list-changed"]>[0];
const LIST_PATHS = {
  enrolment: ["enrolment", "scanner"],
  people: ["person"],
  site: ["site", "scanner"],
  release: ["release", "change"],
} as const satisfies Record<ListName, readonly string[]>;

/** The fleet table keeps its own rows and asks for those in sight (app/fleet/live-fleet.ts): a nudge must not ask for a whole fleet. */
const OWN_ROWS: readonly string[] = ["list", "order", "rows", "counts", "facets"];

function hasOwnRows(key: QueryKey): boolean {
  const [path] = key as readonly [readonly string[] | undefined];
  return path?.[0] === "scanner" && OWN_ROWS.includes(path[1] ?? "");
}

/**
 * What a query is about, read from tRPC's key: `[["scanner","get"], { input: { scannerId } }]`. A question about scanners that names none
 * may show any of them; one about changes that names none (a list of all) asks again by itself, or a fleet would have it ask all the time.
 */
export function concerns(key: QueryKey, ids: ReadonlySet<string>): boolean {
  const [path, options] = key as readonly [readonly string[] | undefined, { input?: unknown } | undefined];
  const named = namedIn(options?.input);
  if (path?.[0] === "change") return named.some((id) => ids.has(id));
  if (path?.[0] !== "scanner" || hasOwnRows(key)) return false;
  return named.length === 0 || named.some((id) => ids.has(id));
}

const naming = z.object({ scannerId: z.string().optional(), scannerIds: z.array(z.string()).optional() });

function namedIn(input: unknown): string[] {
  const { data } = naming.safeParse(input);
  return [...(data?.scannerIds ?? []), ...(data?.scannerId === undefined ? [] : [data.scannerId])];
}

function startWaves(queryClient: QueryClient, tell: (nudged: Nudged) => void) {
  const changed = new Set<string>();
  const flush = () => {
    if (changed.size === 0) return;
    const ids = new Set(changed);
    changed.clear();
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => concerns(queryKey, ids) });
  };
  const timer = setInterval(flush, WAVE_MS);
  let last = 0;
  return {
    scanners: (ids: readonly string[]) => {
      for (const id of ids) changed.add(id);
      tell(ids);
      if (Date.now() - last < WAVE_MS) return;
      last = Date.now();
      flush();
    },
    list: (list: ListName) => {
      const roots: readonly string[] = LIST_PATHS[list] ?? [];
      if (roots.includes("scanner")) tell("everything");
      void queryClient.invalidateQueries({
        predicate: ({ queryKey }) =>
          roots.includes(String((queryKey[0] as readonly string[] | undefined)?.[0])),
      });
    },
    sinceDrawn: () => {
      tell("everything");
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => !hasOwnRows(queryKey) });
    },
    everything: () => {
      tell("everything");
      void queryClient.invalidateQueries();
    },
    stop: () => clearInterval(timer),
  };
}
