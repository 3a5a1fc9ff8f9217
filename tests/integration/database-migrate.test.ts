import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate, migrationsFolder } from "#server/database/migrate.ts";
import { emptyDatabase, type FreshDatabase, freshDatabase, withClient } from "./database.ts";

let empty: FreshDatabase;
let folder: string;
const ours = readdirSync(migrationsFolder(), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

beforeEach(async () => {
  empty = await emptyDatabase();
  folder = mkdtempSync(join(tmpdir(), "fiducial-migrations-"));
  cpSync(migrationsFolder(), folder, { recursive: true });
});

afterEach(async () => {
  await empty.drop();
  rmSync(folder, { recursive: true });
});

function addMigration(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "migration.sql"), sql);
}

const tableExists = (name: string) =>
  withClient(
    empty.ownerUrl,
    async (owner) => (await owner.query("select to_regclass($1) is not null as there", [name])).rows[0].there,
  );

test("three servers that start at once apply every migration once", async () => {
  const applied = await Promise.all([1, 2, 3].map(() => migrate(empty.ownerUrl, folder)));
  expect(applied.map(({ length }) => length).sort()).toEqual([0, 0, ours.length]);
  expect(await migrate(empty.ownerUrl, folder)).toEqual([]);
});

test("an edited migration is refused by its name", async () => {
  await migrate(empty.ownerUrl, folder);
  addMigration(ours[0]!, "select 1;");
  await expect(migrate(empty.ownerUrl, folder)).rejects.toMatchObject({
    code: "migration-edited",
    message: expect.stringContaining(ours[0]!),
  });
});

test("a database newer than the code is refused in one sentence", async () => {
  addMigration("29990101000000_later", "create table later ();");
  await migrate(empty.ownerUrl, folder);
  await expect(migrate(empty.ownerUrl)).rejects.toMatchObject({
    code: "database-newer",
    message: expect.stringMatching(
      /^The database is newer than this version of Fiducial \(.*29990101000000_later\).*\.$/,
    ),
  });
});

test("a migration that fails half way leaves nothing, and the next start repeats it [V-18]", async () => {
  addMigration("29990101000000_broken", "create table half_done (); select 1 / 0;");
  await expect(migrate(empty.ownerUrl, folder)).rejects.toMatchObject({
    code: "migration-failed",
    message: expect.stringContaining("29990101000000_broken failed and was undone: division by zero"),
  });
  expect(await tableExists("half_done")).toBe(false);
  addMigration("29990101000000_broken", "create table half_done ();");
  expect(await migrate(empty.ownerUrl, folder)).toEqual(["29990101000000_broken"]);
  expect(await tableExists("half_done")).toBe(true);
});

test("a migration that cannot be recorded is undone", async () => {
  const spoiled = `create table half_done (); alter table "_prisma_migrations" add column spoiled int not null default 1;
    alter table "_prisma_migrations" alter column spoiled drop default;`;
  addMigration("29990101000000_unrecorded", spoiled);
  await expect(migrate(empty.ownerUrl, folder)).rejects.toMatchObject({ code: "migration-failed" });
  expect(await tableExists("half_done")).toBe(false);
});

test("a server killed in the middle of a migration leaves nothing [V-18]", async () => {
  addMigration("29990101000000_slow", "create table half_done (); select pg_sleep(600);");
  const migrating = migrate(empty.ownerUrl, folder);
  const ended = expect(migrating).rejects.toThrow();
  await expect
    .poll(
      () =>
        withClient(empty.ownerUrl, async (owner) => {
          const killed = await owner.query(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where application_name = 'fiducial-migration' and datname = $1 and query like '%pg_sleep(600)%'`,
            [empty.name],
          );
          return killed.rowCount;
        }),
      { timeout: 60_000 },
    )
    .toBe(1);
  await ended;
  expect(await tableExists("half_done")).toBe(false);
  addMigration("29990101000000_slow", "create table half_done ();");
  expect(await migrate(empty.ownerUrl, folder)).toEqual(["29990101000000_slow"]);
});

test("a migration that another tool began and did not finish is refused with what to do", async () => {
  await migrate(empty.ownerUrl, folder);
  await withClient(empty.ownerUrl, (owner) =>
    owner.query(`update "_prisma_migrations" set finished_at = null where migration_name = $1`, [
      ours.at(-1),
    ]),
  );
  await expect(migrate(empty.ownerUrl, folder)).rejects.toMatchObject({
    code: "migration-failed",
    message: expect.stringContaining(`migrate resolve --rolled-back ${ours.at(-1)}`),
  });
});

test("an owner who may not make roles is told what the administrator has to run", async () => {
  const role = `owner_${empty.name}`;
  await withClient(empty.ownerUrl, (owner) =>
    owner.query(`create role ${role} login; alter database ${empty.name} owner to ${role};`),
  );
  // The roles exist on this server already, so the first migration is made to look for another one.
  addMigration(
    "00000000000000_roles",
    rolesMigration().replaceAll("'fid_signer'", `'missing_${empty.name}'`),
  );
  const url = new URL(empty.ownerUrl);
  url.username = role;
  const refused = migrate(url.toString(), folder);
  await expect(refused).rejects.toThrow(
    `Ask the administrator of the database server to run: create role missing_${empty.name} login nosuperuser nobypassrls;`,
  );
  await withClient(empty.ownerUrl, (owner) =>
    owner.query(`alter database ${empty.name} owner to fid_owner; drop owned by ${role}; drop role ${role};`),
  );
});

test("a role that would see every site is refused", async () => {
  const role = `mighty_${empty.name}`;
  await withClient(empty.ownerUrl, (owner) => owner.query(`create role ${role} bypassrls`));
  addMigration("00000000000000_roles", rolesMigration().replaceAll("'fid_signer'", `'${role}'`));
  await expect(migrate(empty.ownerUrl, folder)).rejects.toThrow("bypasses row-level security");
  await withClient(empty.ownerUrl, (owner) => owner.query(`drop role ${role}`));
});

test("migrations and schema.prisma say the same, by Prisma's own command line", async () => {
  const shadow = await emptyDatabase();
  const diff = prisma(
    [
      "migrate",
      "diff",
      "--from-migrations",
      "prisma/migrations",
      "--to-schema",
      "prisma/schema.prisma",
      "--exit-code",
    ],
    {
      DATABASE_URL: empty.ownerUrl,
      SHADOW_DATABASE_URL: shadow.ownerUrl,
    },
  );
  await shadow.drop();
  expect(diff).toMatchObject({ status: 0, output: expect.stringContaining("No difference detected") });
});

test("Prisma's own command line finds a database that the server migrated up to date", async () => {
  const migrated = await freshDatabase();
  const status = prisma(["migrate", "status"], { DATABASE_URL: migrated.ownerUrl });
  await migrated.drop();
  expect(status).toMatchObject({
    status: 0,
    output: expect.stringContaining("Database schema is up to date"),
  });
});

function rolesMigration(): string {
  return readFileSync(join(migrationsFolder(), ours[0]!, "migration.sql"), "utf8");
}

function prisma(args: string[], env: Record<string, string>): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["node_modules/prisma/build/index.js", ...args],
    {
      encoding: "utf8",
      env: { ...process.env, ...env },
    },
  );
  return { status, output: stdout + stderr };
}
