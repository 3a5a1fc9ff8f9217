import { access, constants, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { APP_ROLE, appUrlFrom, prepareAppRole } from "#server/database/app-role.ts";
import { openClient } from "#server/database/client.ts";
import { keepRunning } from "#server/database/keep-running.ts";
import { migrate } from "#server/database/migrate.ts";
import { OWNER } from "#server/database/postgres-folder.ts";
import { startPostgres } from "#server/database/postgres-server.ts";
import type { ServerEnv } from "#server/env.ts";
import type { Log } from "#server/log.ts";
import { StartError } from "#server/start-error.ts";

export type StartedDatabase = {
  /** For `openDatabase`: signs in as fid_app. */
  appUrl: string;
  /** For people: which PostgreSQL, where from. */
  description: string;
  /** Ends the PostgreSQL that this data folder owns; one reached by DATABASE_URL is left alone. Close the pool first. */
  stop(): Promise<void>;
};
type Settings = Pick<ServerEnv, "dataFolder" | "databaseUrl" | "appDatabaseUrl" | "postgres">;
type Found = StartedDatabase & { ownerUrl: string };

/**
 * Finds PostgreSQL (DATABASE_URL, else started in the data folder), migrates it as its owner, closes that connection, and answers how
 * the web process gets in.
 * @throws StartError with one sentence for the person at the terminal
 */
export async function startDatabase(env: Settings, log: Log): Promise<StartedDatabase> {
  await ensureDataFolder(env.dataFolder);
  const { ownerUrl, ...started } =
    env.databaseUrl === null ? await embedded(env, log) : external(env.databaseUrl, env);
  try {
    await reachable(ownerUrl);
    const applied = await migrate(ownerUrl);
    await prepareAppRole(ownerUrl, started.appUrl);
    await ensurePartitions(ownerUrl);
    log.info("database.ready", { server: started.description, migrations: applied });
  } catch (error) {
    await started.stop();
    throw error;
  }
  return started;
}

async function ensureDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(
      "data-folder",
      `The data folder ${folder} cannot be written to: make it writable, or name another one with FIDUCIAL_DATA.`,
      error,
    );
  }
}

async function embedded({ dataFolder, postgres }: Settings, log: Log): Promise<Found> {
  const start = () => startPostgres(join(dataFolder, "database"), postgres);
  const server = await start();
  const kept = keepRunning(server, start, log);
  return {
    appUrl: server.url(APP_ROLE),
    ownerUrl: server.url(OWNER),
    description: server.description,
    stop: () => kept.stop(),
  };
}

function external(ownerUrl: string, { appDatabaseUrl }: Settings): Found {
  return {
    appUrl: appDatabaseUrl ?? appUrlFrom(ownerUrl),
    ownerUrl,
    description: `PostgreSQL at ${new URL(ownerUrl).host || "DATABASE_URL"}`,
    stop: async () => undefined,
  };
}

async function reachable(ownerUrl: string): Promise<void> {
  const client = openClient({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (error) {
    const reason =
      error instanceof Error ? error.message || String((error as { code?: unknown }).code) : String(error);
    throw new StartError(
      "database-away",
      `The database named by DATABASE_URL cannot be reached: ${reason}.`,
      error,
    );
  } finally {
    await client.end();
  }
}

async function ensurePartitions(ownerUrl: string): Promise<void> {
  const client = openClient({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("select public.ensure_report_partitions()");
  } finally {
    await client.end();
  }
}
