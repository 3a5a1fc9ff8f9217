"use client";
import type { ReactNode } from "react";
import { Keyboard } from "#app/keyboard.tsx";
import { RealtimeProvider } from "#app/realtime.tsx";
import { useWords } from "#app/viewer.tsx";
import { LiveBar } from "./live-bar.tsx";
import { Nav } from "./nav.tsx";
import { SessionDialog } from "./session-dialog.tsx";

/** Frame of every signed-in page. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useWords();
  return (
    <RealtimeProvider>
      <a className="skip" href="#content">
        {t("shell.skip")}
      </a>
      <div className="shell">
        <Nav />
        <div className="work">
          <LiveBar />
          {children}
        </div>
      </div>
      <SessionDialog />
      <Keyboard />
    </RealtimeProvider>
  );
}
