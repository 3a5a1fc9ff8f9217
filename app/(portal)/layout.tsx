import type { ReactNode } from "react";
import { currentFront, currentMe } from "#app/caller.ts";
import { Shell } from "#app/shell/shell.tsx";

/** Without a session the page itself sends the reader to sign in; there is no frame to show meanwhile. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const me = await currentMe();
  return me === null ? children : <Shell front={await currentFront()}>{children}</Shell>;
}
