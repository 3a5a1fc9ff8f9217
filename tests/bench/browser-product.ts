import { execFileSync } from "node:child_process";
import { readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import pg from "pg";
import { OWNER, socketFolder } from "#server/database/postgres-folder.ts";
import type { Context } from "#tests/bench/bench.ts";
import type { BenchDatabase } from "#tests/bench/postgres.ts";
import { chromiumPath } from "#tests/e2e/support/browser.ts";
import { insertFleet } from "#tests/support/big-fleet.ts";
import { FIRST_ADMIN, firstAdmin, type Portal } from "#tests/support/portal.ts";
import { freePort } from "#tests/support/product.ts";
import { ServerProcess } from "#tests/support/server-process.ts";

/** The built product with its pages, a fleet in its tables, and a browser with somebody signed in. */
export type BrowserProduct = {
  url: string;
  port: number;
  api: Portal["api"];
  database: BenchDatabase;
  /** A window of its own, with nothing kept from another. */
  newWindow: () => Promise<BrowserContext>;
};

export async function startBrowserProduct(context: Context, scanners: number): Promise<BrowserProduct> {
  context.progress("building what changed of the product");
  execFileSync(process.execPath, ["scripts/build.mjs"], { stdio: ["ignore", "ignore", "inherit"] });
  const port = await freePort();
  const data = join(context.folder, "product");
  const server = new ServerProcess({ port, data });
  context.progress("starting the product");
  await server.start();
  context.atEnd(() => server.stop());
  const { api } = await firstAdmin(server.url);
  const database = await openDatabaseOf(context, data);
  context.progress(`writing ${scanners} scanners`);
  await insertFleet(database.ownerUrl, { scanners, aheadMs: 60 * 60_000 });
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: ["--no-sandbox"] });
  context.atEnd(() => browser.close());
  return { url: server.url, port, api, database, newWindow: () => signedIn(browser, server.url) };
}

async function signedIn(browser: Browser, url: string): Promise<BrowserContext> {
  const window = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
  });
  const { email, password } = FIRST_ADMIN;
  const answer = await window.request.post(`${url}/api/auth/sign-in/email`, {
    headers: { origin: url },
    data: { email, password },
  });
  if (answer.status() !== 200) throw new Error(`sign-in answered ${answer.status()}`);
  return window;
}

/** The owner's door to the PostgreSQL that the product started in its data folder. */
async function openDatabaseOf(context: Context, data: string): Promise<BenchDatabase> {
  const folder = join(realpathSync(data), "database");
  const cluster = readdirSync(folder).find((name) => /^pg\d+$/.test(name));
  if (cluster === undefined) throw new Error("the product started no PostgreSQL");
  const host = encodeURIComponent(socketFolder(join(folder, cluster)));
  const ownerUrl = `postgresql://${OWNER}@localhost/fiducial?host=${host}`;
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  context.atEnd(() => client.end());
  const sql: BenchDatabase["sql"] = async (text, values) => (await client.query(text, values)).rows;
  return { ownerUrl, appUrl: ownerUrl, sql };
}
