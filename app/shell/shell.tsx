"use client";
import type { ReactNode } from "react";
import type { Front } from "#app/data.ts";
import { Keyboard } from "#app/keyboard.tsx";
import { PaletteProvider } from "#app/palette/palette-context.tsx";
import { RealtimeProvider } from "#app/realtime.tsx";
import { useWords } from "#app/viewer.tsx";
import { Dock } from "./dock.tsx";
import { FrontBanner } from "./front-banner.tsx";
import { LiveBar } from "./live-bar.tsx";
import { Nav } from "./nav.tsx";
import { SessionDialog } from "./session-dialog.tsx";

/** Frame of every signed-in page. */
export function Shell({ front, children }: { front: Front; children: ReactNode }) {
  const { t } = useWords();
  return (
    <RealtimeProvider>
      <PaletteProvider>
        <a className="skip" href="#content">
          {t("shell.skip")}
        </a>
        <div className="shell">
          <Nav />
          <div className="work">
            <FrontBanner text={front.bannerText} />
            <LiveBar />
            {children}
            {front.dock && <Dock />}
          </div>
        </div>
        <SessionDialog />
        <Keyboard />
      </PaletteProvider>
    </RealtimeProvider>
  );
}
