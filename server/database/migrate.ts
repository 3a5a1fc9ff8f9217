import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type pg from "pg";
import { openClient } from "#server/database/client.ts";
import { StartError } from "#server/start-error.ts";

/** The key Prisma's own command line locks with, so that both may run at once. */
const LOCK = 72_707_369;

type Migration = { name: string; sql: string; checksum: string };
type Applied = { migration_name: string; checksum: string; finished_at: Date | null };

/**
 * Brings a database to the state this code was written for, as its owner, under an advisory lock: any number of servers may start at
 * once. Each migration and its row in Prisma's table are one transaction, so a killed migration leaves nothing and the next start
 * repeats it (V-18).
 * @returns names of the migrations applied now
 * @throws StartError when the database is newer than the code, a migration was edited, or one fails
 */
export async function migrate(ownerUrl: string, folder: string = migrationsFolder()): Promise<string[]> {
  const migrations = readMigrations(folder);
  const client = openClient({ connectionString: ownerUrl, application_name: "fiducial-migration" });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [LOCK]);
    await client.query(MIGRATION_TABLE);
    const pending = pendingMigrations(migrations, await appliedMigrations(client));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    // Ending the connection releases the lock.
    await client.end();
  }
}

/** Prisma's own history table, so that its command line can be used beside this. */
const MIGRATION_TABLE = `create table if not exists "_prisma_migrations" (
  "id" varchar(36) primary key not null, "checksum" varchar(64) not null, "finished_at" timestamptz,
  "migration_name" varchar(255) not null, "logs" text, "rolled_back_at" timestamptz,
  "started_at" timestamptz not null default now(), "applied_steps_count" integer not null default 0)`;

async function appliedMigrations(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    `select migration_name, checksum, finished_at from "_prisma_migrations" where rolled_back_at is null order by migration_name`,
  );
  return rows;
}

/** What is still to apply; throws if code and database have gone different ways. */
function pendingMigrations(known: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const byName = new Map(known.map((migration) => [migration.name, migration]));
  for (const { migration_name: name, checksum, finished_at: finishedAt } of applied) {
    const migration = byName.get(name);
    if (migration === undefined) {
      throw new StartError(
        "database-newer",
        `The database is newer than this version of Fiducial (it has the migration ${name}): start the newer version, or restore a backup from before the upgrade.`,
      );
    }
    if (finishedAt === null) {
      throw new StartError(
        "migration-failed",
        `The migration ${name} was started earlier and did not finish: look at the database, then run "npx prisma migrate resolve --rolled-back ${name}".`,
      );
    }
    if (checksum !== migration.checksum) {
      throw new StartError(
        "migration-edited",
        `The migration ${name} was edited after this database applied it: undo the edit and put the change into a new migration.`,
      );
    }
  }
  const done = new Set(applied.map(({ migration_name: name }) => name));
  return known.filter(({ name }) => !done.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(sql);
    await client.query(
      `insert into "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) values ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("commit");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError("migration-failed", `The migration ${name} failed and was undone: ${reason}`, error);
  }
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

/** The nearest `prisma/migrations` above this file: the bundle lies deeper in the project than the source. */
export function migrationsFolder(): string {
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    const migrations = join(folder, "prisma", "migrations");
    if (existsSync(join(migrations, "migration_lock.toml"))) return migrations;
  }
  throw new StartError("migration-failed", "The folder prisma/migrations is missing beside the server.");
}
