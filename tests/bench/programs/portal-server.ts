import { compose } from "#server/compose.ts";
import { openDatabase } from "#server/database/connect.ts";
import { readEnv } from "#server/env.ts";
import { HealthBook } from "#server/health/health.ts";
import { createListener, type Endpoints } from "#server/http/listener.ts";
import { ownOrigins } from "#server/http/origins.ts";
import type { Pages } from "#server/http/pages.ts";
import { createWebServer, listen } from "#server/http/server.ts";
import { createLog } from "#server/log.ts";

/** The whole server but for its pages, over a database that is there already. */
export type PortalAsk = { appUrl: string; dataFolder: string };
export type PortalAnswer = { port: number; url: string };

const NO_PAGES: Pages = {
  handle: async (_request, response) => {
    response.statusCode = 404;
    response.end();
  },
  upgrade: null,
  close: async () => undefined,
};

async function open({ appUrl, dataFolder }: PortalAsk): Promise<PortalAnswer> {
  // What production logs: a line for every request that is no scanner's, none for a heartbeat.
  const log = createLog("warn");
  const clock = Date.now;
  const health = new HealthBook("bench");
  const serving: { endpoints: Endpoints | null } = { endpoints: null };
  const where = { host: "127.0.0.1", port: 0, tls: null };
  const ports = { endpoints: () => serving.endpoints, health, log, clock };
  const listener = createListener({ ...ports, secure: false, development: false, trustedProxies: [] }, false);
  const server = createWebServer(where, listener);
  const port = await listen(server, where);
  const database = openDatabase(appUrl, log);
  const origins = ownOrigins({ ...where, publicUrl: null }, port);
  const parts = { database, pages: NO_PAGES, log, dataFolder, root: dataFolder, origins, clock };
  const composed = await compose({ ...parts, build: "bench", front: readEnv({}).front });
  composed.realtime.attach(server);
  serving.endpoints = composed.endpoints;
  health.serving(() => database.check());
  return { port, url: origins[0] };
}

process.once("message", (ask: PortalAsk) => {
  open(ask).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`portal-server: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
// With --cpu-prof the profile is written at a proper exit only.
process.once("SIGTERM", () => process.exit(0));
process.send?.("ready");
