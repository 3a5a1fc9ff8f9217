import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { APP_ROLE } from "#server/database/app-role.ts";
import { migrate } from "#server/database/migrate.ts";
import { OWNER } from "#server/database/postgres-folder.ts";
import { type PostgresServer, startPostgres } from "#server/database/postgres-server.ts";
import { isAlive, postmasterPid } from "#server/database/postmaster.ts";
import { readEnv } from "#server/env.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The run's own PostgreSQL; tests reach it through `freshDatabase()`. */
    postgres: { ownerUrl: string; appUrl: string; template: string };
  }
}

const PREFIX = "fiducial-test-";
const TEMPLATE = "fiducial_template";

let server: PostgresServer | undefined;
let folder: string | undefined;

/**
 * One PostgreSQL for the whole run, in a folder of its own, with one migrated database that every test clones. The one from npm is the
 * default, so that a run means the same everywhere; FIDUCIAL_POSTGRES=path takes the machine's.
 */
export async function setup(project: TestProject): Promise<void> {
  sweepLeftovers();
  folder = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(folder, "owner.pid"), String(process.pid));
  const { postgres } = readEnv({ FIDUCIAL_POSTGRES: "npm", ...process.env });
  server = await startPostgres(folder, postgres);
  const ownerUrl = server.url(OWNER, "postgres");
  await withOwner(ownerUrl, (client) => client.query(`create database ${TEMPLATE}`));
  await migrate(server.url(OWNER, TEMPLATE));
  await withOwner(server.url(OWNER, TEMPLATE), (client) => client.query("select ensure_report_partitions()"));
  project.provide("postgres", { ownerUrl, appUrl: server.url(APP_ROLE, "postgres"), template: TEMPLATE });
}

export async function teardown(): Promise<void> {
  // It stays up for servers of tests that are still ending; here nobody needs it any more, and no slow answer to that question matters.
  await server?.stop().catch((error: unknown) => console.log(`PostgreSQL would not stop: ${String(error)}`));
  if (folder !== undefined) clearAway(folder);
}

async function withOwner(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** A run that was killed leaves its PostgreSQL behind; the next one clears it away. */
function sweepLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const left = join(tmpdir(), name);
    const owner = join(left, "owner.pid");
    if (!name.startsWith(PREFIX) || !existsSync(owner) || isAlive(Number(readFileSync(owner, "utf8"))))
      continue;
    clearAway(left);
  }
}

/** Also under a PostgreSQL that runs: one that was told to quit writes for a moment, and a folder that is written into is not removed at once. */
function clearAway(left: string): void {
  for (const data of readdirSync(left).filter((one) => /^pg\d+$/.test(one))) {
    const pid = postmasterPid(join(left, data));
    if (pid !== null && isAlive(pid)) process.kill(pid, "SIGQUIT");
  }
  rmSync(left, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
