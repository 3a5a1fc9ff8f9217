import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import next from "next";
import { StartError } from "#server/start-error.ts";

/** What renders pages: Next, or nothing in tests of the server alone. */
export type Pages = {
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Next's own socket while developing; in production no upgrade reaches it (W-04). */
  upgrade: ((request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>) | null;
  close: () => Promise<void>;
};

export type PagesSettings = { root: string; development: boolean; host: string; port: number };

/** @throws StartError when the pages were not built */
export async function openPages({ root, development, host, port }: PagesSettings): Promise<Pages> {
  if (!development && !existsSync(join(root, ".next", "BUILD_ID")))
    throw new StartError(
      "pages-missing",
      'The pages are not built: run "npm run build", or start with "npm start".',
    );
  const app = next({ dev: development, dir: root, hostname: host, port });
  await app.prepare();
  const handle = app.getRequestHandler();
  return {
    handle: (request, response) => handle(request, response),
    upgrade: development ? app.getUpgradeHandler() : null,
    close: () => app.close(),
  };
}
