import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { currentMe } from "./caller.ts";
import { strangerPreferences } from "./preferences.ts";
import "./styles/app.css";
import { ApiProvider } from "./trpc.tsx";
import { ViewerProvider } from "./viewer.tsx";

export const metadata: Metadata = {
  title: { default: "Fiducial", template: "%s · Fiducial" },
  description: "Fleet dashboard and field-service portal for medical imaging scanners that run NixOS",
};

export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };

/** Theme and language come with the first byte from the session, so nothing flashes and nothing is said in the wrong language. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const me = await currentMe();
  const preferences = me?.preferences ?? strangerPreferences((await headers()).get("accept-language"));
  const theme = preferences.theme === "system" ? undefined : preferences.theme;
  return (
    <html
      lang={preferences.locale}
      data-theme={theme}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning
    >
      <body>
        <ViewerProvider viewer={{ me, preferences, renderedAtMs: Date.now() }}>
          <ApiProvider>{children}</ApiProvider>
        </ViewerProvider>
      </body>
    </html>
  );
}
