import { DEBIAN, type Debian, hostRoot, whyNoHost } from "./host-root.ts";

/** Two files that run side by side would each make the root that both want. */
export async function setup(): Promise<void> {
  if (whyNoHost() !== null) return;
  for (const debian of Object.keys(DEBIAN) as Debian[]) await hostRoot(debian);
}
