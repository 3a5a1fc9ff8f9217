"use client";
import { useEffect, useRef, useState } from "react";
import { useWords } from "#app/viewer.tsx";

const CLOSED_PX = 44;
/** The other program may start after the server, or be started anew. */
const KNOCK_MS = 2_000;

/** Another program's page along the bottom (server/env.ts). It says how tall it would like to be; the page above keeps most of the room. */
export function Dock() {
  const { t } = useWords();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(CLOSED_PX);
  const there = useThere();
  useEffect(() => {
    const hear = (event: MessageEvent<unknown>) => {
      if (event.origin !== window.location.origin || event.source !== frame.current?.contentWindow) return;
      const wanted = wantedHeight(event.data);
      if (wanted !== null) setHeight(Math.min(Math.max(wanted, CLOSED_PX), window.innerHeight * 0.7));
    };
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  }, []);
  // A page that speaks before React listens is asked again.
  const ask = () => frame.current?.contentWindow?.postMessage({ dock: "height?" }, window.location.origin);
  if (!there) return null;
  return (
    <iframe
      ref={frame}
      className="dock-frame"
      src="/dock/"
      title={t("front.dock")}
      height={height}
      onLoad={ask}
    />
  );
}

/** Whether the other program answers; asked until it does. */
function useThere(): boolean {
  const [there, setThere] = useState(false);
  useEffect(() => {
    if (there) return;
    const knock = () =>
      void fetch("/dock/").then(
        ({ ok }) => ok && setThere(true),
        () => false,
      );
    knock();
    const timer = setInterval(knock, KNOCK_MS);
    return () => clearInterval(timer);
  }, [there]);
  return there;
}

function wantedHeight(data: unknown): number | null {
  if (typeof data !== "object" || data === null || !("dockHeight" in data)) return null;
  const { dockHeight } = data;
  return typeof dockHeight === "number" && Number.isFinite(dockHeight) ? dockHeight : null;
}
