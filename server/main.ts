import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { type Composed, compose } from "#server/compose.ts";
import { type Database, openDatabase } from "#server/database/connect.ts";
import { startDatabase } from "#server/database/start.ts";
import { readEnv, type ServerEnv } from "#server/env.ts";
import { HealthBook } from "#server/health/health.ts";
import { createListener, type Endpoints } from "#server/http/listener.ts";
import { ownOrigins } from "#server/http/origins.ts";
import { readOwnCa } from "#server/http/own-ca.ts";
import { openPages, type Pages } from "#server/http/pages.ts";
import { closeServer, createWebServer, listen } from "#server/http/server.ts";
import { createLog, type Log } from "#server/log.ts";
import { StartError } from "#server/start-error.ts";

/** How long requests in progress may still take when the server stops. */
const PATIENCE_MS = 5_000;
const LOOPBACK = "127.0.0.1";

type Closing = { name: string; close: () => Promise<void> };

/** Closes in the opposite order of opening, all of it, whatever fails on the way. */
class OpenThings {
  readonly #log: Log;
  readonly #open: Closing[] = [];
  #closing: Promise<void> | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, close: () => Promise<void>): void {
    this.#open.push({ name, close });
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    for (let one = this.#open.pop(); one !== undefined; one = this.#open.pop()) {
      const { name } = one;
      await one.close().catch((error: unknown) => this.#log.error("stop.failed", { name, error }));
    }
  }
}

/**
 * The server, from its environment to its address line. It listens first, so that /healthz can say why it does not serve yet.
 * @throws StartError with one sentence for the person at the terminal
 */
async function main(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: this is the edge at which the server reads its environment
  const env = readEnv(process.env);
  const log = createLog(env.logLevel);
  const root = projectFolder();
  const build = readBuild(root);
  const health = new HealthBook(build);
  const open = new OpenThings(log);
  stopOnSignals(open, health, log);
  try {
    const serving: { endpoints: Endpoints | null; pages: Pages | null } = { endpoints: null, pages: null };
    const web = await openWeb(env, { health, log, endpoints: () => serving.endpoints }, open);
    web.server.on("upgrade", (request, socket, head) => {
      if (request.url?.startsWith("/ws") === true && serving.endpoints !== null) return;
      passUpgrade(serving.pages, { request, socket, head });
    });
    const origins = ownOrigins(env, web.port);
    const database = await openStartedDatabase(env, log, open);
    const pages = await openPages({ root, development: env.development, host: env.host, port: web.port });
    open.add("pages", () => pages.close());
    const { dataFolder } = env;
    const composed = await compose({
      database,
      pages,
      log,
      dataFolder,
      root,
      origins,
      ownCa: readOwnCa(env.tls?.caFile ?? null),
      build,
      clock: Date.now,
      front: env.front,
    });
    open.add("services", () => composed.stop());
    // Last opened, first closed: nobody is let in while the rest goes away.
    open.add("doors", web.close);
    open.add("sockets", () => composed.realtime.close());
    begin(serving, { composed, pages, server: web.server });
    health.serving(() => database.check());
    process.stdout.write(`Fiducial is ready: ${origins[0]}\n`);
  } catch (error) {
    await open.close();
    throw error;
  }
}

type Started = { composed: Composed; pages: Pages; server: Server };

function begin(
  serving: { endpoints: Endpoints | null; pages: Pages | null },
  { composed, pages, server }: Started,
): void {
  composed.realtime.attach(server);
  serving.pages = pages;
  serving.endpoints = composed.endpoints;
}

type WebPorts = { health: HealthBook; log: Log; endpoints: () => Endpoints | null };

/** Two doors: the public one, and one on loopback through which this process's own pages ask the router. */
async function openWeb(
  env: ServerEnv,
  { health, log, endpoints }: WebPorts,
  open: OpenThings,
): Promise<{ server: Server; port: number; close: () => Promise<void> }> {
  const { development, trustedProxies } = env;
  const secure = env.tls !== null || env.publicUrl?.startsWith("https:") === true;
  const ownCa = readOwnCa(env.tls?.caFile ?? null);
  const ports = { endpoints, health, log, secure, development, trustedProxies, ownCa, clock: Date.now };
  const server = createWebServer(env, createListener(ports, false));
  const inside = createWebServer({ host: LOOPBACK, port: 0, tls: null }, createListener(ports, true));
  const close = async () => {
    await closeServer(server, PATIENCE_MS);
    await closeServer(inside, PATIENCE_MS);
  };
  open.add("doors", close);
  const port = await listen(server, env);
  const insidePort = await listen(inside, { host: LOOPBACK, port: 0 });
  // biome-ignore lint/style/noProcessEnv: the pages are another module graph in this process; the environment is what both read
  process.env.FIDUCIAL_INTERNAL_URL = `http://${LOOPBACK}:${insidePort}`;
  return { server, port, close };
}

async function openStartedDatabase(env: ServerEnv, log: Log, open: OpenThings): Promise<Database> {
  const started = await startDatabase(env, log);
  open.add("PostgreSQL", () => started.stop());
  const database = openDatabase(started.appUrl, log);
  open.add("database", () => database.close());
  return database;
}

type Upgrade = { request: Parameters<NonNullable<Pages["upgrade"]>>[0]; socket: Duplex; head: Buffer };

/** In production no upgrade but the sockets' own is answered, so none ever reaches Next (W-04). */
function passUpgrade(pages: Pages | null, { request, socket, head }: Upgrade): void {
  const upgrade = pages?.upgrade ?? null;
  if (upgrade === null || request.url?.startsWith("/_next/") !== true) {
    socket.destroy();
    return;
  }
  upgrade(request, socket, head).catch(() => socket.destroy());
}

/**
 * A rejected promise nobody waited for cost one request its answer; an exception nobody caught leaves a state nobody knows, so the
 * server stops in order and exits 1 for its supervisor to start it again.
 */
function stopOnSignals(open: OpenThings, health: HealthBook, log: Log): void {
  const stop = async (exitCode: number) => {
    health.stopping();
    await open.close();
    process.exit(exitCode);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      // A second Ctrl-C does not wait.
      process.once(signal, () => process.exit(130));
      void stop(0);
    });
  }
  process.on("unhandledRejection", (error) => log.error("process.unhandled-rejection", { error }));
  process.on("uncaughtException", (error) => {
    log.error("process.uncaught-exception", { error });
    void stop(1);
  });
}

/** The nearest folder with a package.json: the bundle lies deeper in the project than the source. */
function projectFolder(): string {
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
  }
  throw new Error("the project's package.json is missing above the server");
}

/** Version and the id of the built pages: a browser that holds another build is asked to reload. */
function readBuild(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const pages = join(root, ".next", "BUILD_ID");
  const id = existsSync(pages) ? readFileSync(pages, "utf8").trim() : randomUUID();
  return `${version}+${id.slice(0, 8)}`;
}

try {
  await main();
} catch (error) {
  // A sentence for the person at the terminal; a bug keeps its stack.
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
