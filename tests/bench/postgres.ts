import { join } from "node:path";
import pg from "pg";
import { APP_ROLE } from "#server/database/app-role.ts";
import { type Database, openDatabase } from "#server/database/connect.ts";
import { migrate } from "#server/database/migrate.ts";
import { OWNER } from "#server/database/postgres-folder.ts";
import { startPostgres } from "#server/database/postgres-server.ts";
import { createLog } from "#server/log.ts";
import type { Context } from "#tests/bench/bench.ts";

export type BenchDatabase = {
  /** Signs in as the owner, whom row-level security does not bind: for making rows. */
  ownerUrl: string;
  /** Signs in as the product does. */
  appUrl: string;
  /** One connection of the owner's. */
  sql: <T extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<T[]>;
};

/** A PostgreSQL from npm of this bench's own, with as many migrated databases as it names. Everything goes with the bench. */
export async function openPostgres<Name extends string>(
  context: Context,
  names: readonly Name[],
): Promise<Record<Name, BenchDatabase>> {
  context.progress("starting PostgreSQL");
  const server = await startPostgres(join(context.folder, "database"), { source: "npm", searchPath: "" });
  context.atEnd(() => server.stop());
  const made: [Name, BenchDatabase][] = [];
  for (const name of names) made.push([name, await makeDatabase(context, server.url, name)]);
  return Object.fromEntries(made) as Record<Name, BenchDatabase>;
}

async function makeDatabase(
  context: Context,
  url: (role: string, database: string) => string,
  name: string,
): Promise<BenchDatabase> {
  const admin = new pg.Client({ connectionString: url(OWNER, "postgres") });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const ownerUrl = url(OWNER, name);
  await migrate(ownerUrl);
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  context.atEnd(() => client.end());
  await client.query("select public.ensure_report_partitions()");
  const sql: BenchDatabase["sql"] = async (text, values) => (await client.query(text, values)).rows;
  return { ownerUrl, appUrl: url(APP_ROLE, name), sql };
}

/** The product's own way in, for benches that call its services without a server around them. */
export function productDatabase(context: Context, { appUrl }: BenchDatabase): Database {
  const database = openDatabase(appUrl, createLog("error"));
  context.atEnd(() => database.close());
  return database;
}
