"use client";
import { type QueryClient, type QueryKey, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { io, type Socket } from "socket.io-client";
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

type Realtime = { connection: Connection; newBuild: boolean };

const RealtimeContext = createContext<Realtime>({ connection: { state: "connecting" }, newBuild: false });

export function useRealtime(): Realtime {
  return useContext(RealtimeContext);
}

/** True while writing makes sense; forms disable themselves with the reason otherwise. */
export function useConnected(): boolean {
  return useContext(RealtimeContext).connection.state !== "lost";
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
  useEffect(() => {
    const wave = startWaves(queryClient);
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
  }, [queryClient, renderedAtMs]);
  const value = useMemo(() => ({ connection, newBuild }), [connection, newBuild]);
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
} as const satisfies Record<ListName, readonly string[]>;

/** What a query is about, read from tRPC's key: `[["scanner","get"], { input: { scannerId } }]`. */
export function concerns(key: QueryKey, ids: ReadonlySet<string>): boolean {
  const [path, options] = key as readonly [readonly string[] | undefined, { input?: unknown } | undefined];
  if (path?.[0] !== "scanner") return false;
  const input = options?.input;
  const id =
    typeof input === "object" && input !== null && "scannerId" in input ? input.scannerId : undefined;
  return id === undefined || (typeof id === "string" && ids.has(id));
}

function startWaves(queryClient: QueryClient) {
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
      if (Date.now() - last < WAVE_MS) return;
      last = Date.now();
      flush();
    },
    list: (list: ListName) => {
      const roots: readonly string[] = LIST_PATHS[list] ?? [];
      void queryClient.invalidateQueries({
        predicate: ({ queryKey }) =>
          roots.includes(String((queryKey[0] as readonly string[] | undefined)?.[0])),
      });
    },
    everything: () => void queryClient.invalidateQueries(),
    stop: () => clearInterval(timer),
  };
}
