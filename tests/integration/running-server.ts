import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { type Composed, compose } from "#server/compose.ts";
import { openDatabase } from "#server/database/connect.ts";
import type { FrontEnv, ServerEnv } from "#server/env.ts";
import { HealthBook } from "#server/health/health.ts";
import { createListener, type Endpoints } from "#server/http/listener.ts";
import { ownOrigins } from "#server/http/origins.ts";
import { readOwnCa } from "#server/http/own-ca.ts";
import type { Pages } from "#server/http/pages.ts";
import { closeServer, createWebServer, listen } from "#server/http/server.ts";
import { createLog } from "#server/log.ts";
import { type FreshDatabase, freshDatabase, withClient } from "#tests/integration/database.ts";

export type RunningServer = {
  url: string;
  database: FreshDatabase;
  /** What the server logged, one JSON line each. */
  log: string[];
  health: HealthBook;
  composed: Composed;
  /** Of keys, secrets and the repository. */
  dataFolder: string;
  /** As the database's owner: for making rows and for looking behind the scenes. */
  owner: <T extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<T[]>;
  stop: () => Promise<void>;
};

const NO_PAGES: Pages = {
  handle: async (_request, response) => {
    response.statusCode = 200;
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>page</title>");
  },
  upgrade: null,
  close: async () => undefined,
};

const NO_FRONT: FrontEnv = { signInOpen: false, bannerText: null, dockUrl: null };

/** The whole server but for its pages, on a real port in front of a real database of its own. */
export async function startServer(
  front: FrontEnv = NO_FRONT,
  tls: ServerEnv["tls"] = null,
): Promise<RunningServer> {
  const database = await freshDatabase();
  const dataFolder = await mkdtemp(join(tmpdir(), "fiducial-server-"));
  const lines: string[] = [];
  const log = createLog("debug", (line) => lines.push(line));
  const clock = () => Date.now();
  const health = new HealthBook("test");
  const serving: { endpoints: Endpoints | null } = { endpoints: null };
  const where = { host: "127.0.0.1", port: 0, tls };
  const ownCa = readOwnCa(tls?.caFile ?? null);
  const ports = { endpoints: () => serving.endpoints, health, log, clock, ownCa };
  const server = createWebServer(
    where,
    createListener({ ...ports, secure: tls !== null, development: false, trustedProxies: [] }, false),
  );
  const port = await listen(server, where);
  server.on("upgrade", (request, socket) => {
    if (request.url?.startsWith("/ws") !== true) socket.destroy();
  });
  const open = openDatabase(database.appUrl, log);
  const origins = ownOrigins({ ...where, publicUrl: null }, port);
  const parts = { database: open, pages: NO_PAGES, log, dataFolder, root: dataFolder, origins, clock };
  const composed = await compose({ ...parts, build: "test", front, ownCa });
  composed.realtime.attach(server);
  serving.endpoints = composed.endpoints;
  health.serving(() => open.check());
  return {
    url: origins[0],
    database,
    log: lines,
    health,
    composed,
    dataFolder,
    owner: (sql, values) =>
      withClient(database.ownerUrl, async (client) => (await client.query(sql, values)).rows),
    stop: async () => {
      await composed.realtime.close();
      await closeServer(server, 1_000);
      await composed.stop();
      await open.close();
      await database.drop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
