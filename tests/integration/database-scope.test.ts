import type pg from "pg";
import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SiteId, siteIdSchema } from "#core/identity/identity.ts";
import { type Database, openDatabase } from "#server/database/connect.ts";
import { createLog } from "#server/log.ts";
import { anyRow, tablesWithSite } from "./any-row.ts";
import { type FreshDatabase, freshDatabase, withClient } from "./database.ts";

/** They name a site but say who may see it, so they are read before any scope is known. */
const READ_BEFORE_ANY_SCOPE = ["Invitation", "Membership"];

/** Evidence: the web process has no right to delete such a row, of whatever site. */
const NEVER_DELETED = ["Change", "ChangeStep"];

const organisationId = v7();
const regionId = v7();
const [siteA, siteB] = [siteIdSchema.parse(v7()), siteIdSchema.parse(v7())];
const silent = createLog("error", () => undefined);

let fresh: FreshDatabase;
let database: Database;
let tables: string[];

beforeAll(async () => {
  fresh = await freshDatabase();
  // A busy machine may queue 500 requests for longer than the server would let a visitor wait.
  database = openDatabase(fresh.appUrl, silent, 100_000);
  await withClient(fresh.ownerUrl, async (owner) => {
    tables = (await tablesWithSite(owner)).filter((name) => !READ_BEFORE_ANY_SCOPE.includes(name));
    await owner.query(`insert into "Organisation" (id, name) values ($1, 'Fleet')`, [organisationId]);
    await owner.query(`insert into "Region" (id, "organisationId", name) values ($1, $2, 'North')`, [
      regionId,
      organisationId,
    ]);
    for (const id of [siteA, siteB])
      await owner.query(
        `insert into "Site" (id, "organisationId", "regionId", name, "timeZone") values ($1, $2, $3, $1::uuid::text, 'UTC')`,
        [id, organisationId, regionId],
      );
    // Rows that point nowhere are enough here; foreign keys are not what is tested.
    await owner.query("set session_replication_role = replica");
    for (const table of tables)
      for (const siteId of [siteA, siteB]) {
        const { sql, values } = await anyRow(owner, table, { organisationId, regionId, siteId });
        await owner.query(sql, values);
      }
  });
});

afterAll(async () => {
  await database.close();
  await fresh.drop();
});

/** As fid_app, in one transaction that says which sites it acts for. */
async function asApp<T>(
  scope: { sites: string } | { all: "on" },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return await withClient(fresh.appUrl, async (client) => {
    await client.query("begin");
    const [name, value] = "all" in scope ? ["fid.all", scope.all] : ["fid.sites", scope.sites];
    await client.query("select set_config($1, $2, true)", [name, value]);
    return await work(client);
  });
}

const sitesIn = async (client: pg.Client, table: string): Promise<string[]> =>
  (await client.query<{ siteId: string }>(`select distinct "siteId" from "${table}" order by 1`)).rows.map(
    (row) => row.siteId,
  );

describe("roles", () => {
  test("neither role of the processes is bound by less than row-level security", async () => {
    const rows = await withClient(fresh.ownerUrl, (owner) =>
      owner.query(
        `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin from pg_roles where rolname like 'fid\\_%' and rolname <> 'fid_owner' order by 1`,
      ),
    );
    const powerless = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolcanlogin: true,
    };
    expect(rows.rows).toEqual([
      { rolname: "fid_app", ...powerless },
      { rolname: "fid_signer", ...powerless },
    ]);
  });

  test("the web process signs in as fid_app, which owns no table and is a member of no role", async () => {
    const [row] = await database.prisma.$queryRaw<Record<string, unknown>[]>`
      select current_user::text as name,
        (select count(*)::int from pg_class where pg_get_userbyid(relowner) = current_user) as owned,
        (select count(*)::int from pg_auth_members where member = current_user::regrole) as memberships`;
    expect(row).toEqual({ name: "fid_app", owned: 0, memberships: 0 });
  });

  test.each([
    ["make a table", `create table mine (id int)`],
    ["make a function", `create function f() returns int language sql as 'select 1'`],
    ["read the migration history", `select * from "_prisma_migrations"`],
    ["delete a person (11.300)", `delete from "User"`],
    ["switch row-level security off", `alter table "Scanner" disable row level security`],
    ["drop a policy", `drop policy own_sites on "Scanner"`],
    ["become the owner", `set role fid_owner`],
    ["read a partition past the policy", "select * from report_partition.m2020_01"],
  ])("fid_app may not %s", async (_what, sql) => {
    const refused = asApp({ all: "on" }, (client) => client.query(sql));
    await expect(refused).rejects.toMatchObject({ code: "42501" });
  });
});

describe("every table with a siteId", () => {
  test("has row-level security that binds its owner too", async () => {
    expect(tables.length).toBeGreaterThanOrEqual(11);
    const { rows } = await withClient(fresh.ownerUrl, (owner) =>
      owner.query<{ relname: string }>(
        `select relname from pg_class where relnamespace = 'public'::regnamespace and relname = any($1)
           and relrowsecurity and relforcerowsecurity order by 1`,
        [tables],
      ),
    );
    expect(rows.map(({ relname }) => relname)).toEqual(tables);
  });

  test("shows a transaction its own sites and nothing else", async () => {
    for (const table of tables) {
      const seen = await asApp({ sites: siteA }, (client) => sitesIn(client, table));
      expect(seen, table).toEqual([siteA]);
      const both = await asApp({ sites: `${siteA},${siteB}` }, (client) => sitesIn(client, table));
      expect(both, table).toEqual([siteA, siteB].sort());
    }
  });

  test("shows nothing to a transaction without a scope, everything to one for all sites", async () => {
    for (const table of tables) {
      expect(await withClient(fresh.appUrl, (client) => sitesIn(client, table)), table).toEqual([]);
      expect(await asApp({ sites: "" }, (client) => sitesIn(client, table)), table).toEqual([]);
      expect(await asApp({ all: "on" }, (client) => sitesIn(client, table)), table).toHaveLength(2);
    }
  });

  test("takes no row of a foreign site", async () => {
    for (const table of tables) {
      const refused = asApp({ sites: siteA }, async (client) => {
        const { sql, values } = await anyRow(client, table, { organisationId, regionId, siteId: siteB });
        await client.query(sql, values);
      });
      await expect(refused, table).rejects.toMatchObject({ code: "42501" });
    }
  });

  test("lets no foreign row be changed, deleted or taken over, and none be given away", async () => {
    for (const table of tables) {
      await asApp({ sites: siteA }, async (client) => {
        const updated = await client.query(`update "${table}" set "siteId" = $1 where "siteId" = $2`, [
          siteA,
          siteB,
        ]);
        expect(updated.rowCount, table).toBe(0);
        const deleted = client.query(`delete from "${table}" where "siteId" = $1`, [siteB]);
        if (NEVER_DELETED.includes(table))
          await expect(deleted, table).rejects.toMatchObject({ code: "42501" });
        else expect((await deleted).rowCount, table).toBe(0);
      });
      const givenAway = asApp({ sites: siteA }, (client) =>
        client.query(`update "${table}" set "siteId" = $1 where "siteId" = $2`, [siteB, siteA]),
      );
      await expect(givenAway, table).rejects.toMatchObject({ code: "42501" });
    }
  });
});

describe("tables above a site", () => {
  test("a site, and the region it lies in, is seen by its own people only", async () => {
    const see = (sites: string) =>
      asApp({ sites }, async (client) => [
        (await client.query(`select id from "Site"`)).rowCount,
        (await client.query(`select id from "Region"`)).rowCount,
        (await client.query(`select id from "Organisation"`)).rowCount,
      ]);
    expect(await see(siteA)).toEqual([1, 1, 1]);
    expect(await see(v7())).toEqual([0, 0, 1]);
  });

  test("only a transaction for all sites makes or renames sites, regions, organisations", async () => {
    for (const table of ["Site", "Region", "Organisation"]) {
      const made = asApp({ sites: siteA }, async (client) => {
        const { sql, values } = await anyRow(client, table, {});
        await client.query(sql, values);
      });
      await expect(made, table).rejects.toMatchObject({ code: "42501" });
    }
    await asApp({ sites: siteA }, async (client) => {
      for (const table of ["Region", "Organisation"])
        expect((await client.query(`update "${table}" set name = 'x'`)).rowCount, table).toBe(0);
    });
  });

  test("a release of the organisation is read by every site and written by none", async () => {
    await asApp({ all: "on" }, async (client) => {
      const { sql, values } = await anyRow(client, "Release", {
        organisationId,
        siteId: null,
        name: "everybody's",
      });
      await client.query(sql, values);
      await client.query("commit");
    });
    await asApp({ sites: siteA }, async (client) => {
      expect((await client.query(`select from "Release" where "siteId" is null`)).rowCount).toBe(1);
      expect((await client.query(`update "Release" set name = 'x' where "siteId" is null`)).rowCount).toBe(0);
      expect((await client.query(`delete from "Release" where "siteId" is null`)).rowCount).toBe(0);
    });
  });
});

describe("withScope", () => {
  test("500 mixed requests at once leak nothing, and a connection forgets its scope", async () => {
    const scopes: { scope: { all: true } | { siteIds: SiteId[] }; expected: string[] }[] = [
      { scope: { siteIds: [siteA] }, expected: [siteA] },
      { scope: { siteIds: [siteB] }, expected: [siteB] },
      { scope: { siteIds: [] }, expected: [] },
      { scope: { all: true }, expected: [siteA, siteB].sort() },
    ];
    class Broken extends Error {}
    const wrong: unknown[] = [];
    const request = async (index: number) => {
      const { scope, expected } = scopes[index % scopes.length]!;
      const work = database.withScope(scope, async (tx) => {
        const rows = await tx.scanner.findMany({ select: { siteId: true } });
        const seen = rows.map(({ siteId }) => siteId).sort();
        if (seen.join() !== expected.join()) wrong.push({ index, seen });
        if (index % 7 === 0) throw new Broken();
      });
      await work.catch((error: unknown) => {
        if (!(error instanceof Broken)) throw error;
      });
      if (index % 5 === 0 && (await database.prisma.scanner.count()) !== 0)
        wrong.push({ index, outside: true });
    };
    await Promise.all(Array.from({ length: 500 }, (_, index) => request(index)));
    expect(wrong).toEqual([]);
  });

  test("work that loses against another transaction is done again [V-04]", async () => {
    await withClient(fresh.ownerUrl, (owner) =>
      owner.query(
        `insert into "ServerWatch" (id, "observingSince", "lastAliveAt") values (1, now(), now()), (2, now(), now())`,
      ),
    );
    // Each locks one row and then wants the other's: PostgreSQL ends one of the two.
    let bothHold = () => {};
    const bothHolding = new Promise<void>((resolve) => {
      bothHold = resolve;
    });
    let holding = 0;
    let runs = 0;
    const crossing = (first: number, second: number) =>
      database.withScope({ siteIds: [] }, async (tx) => {
        runs += 1;
        await tx.$queryRaw`select id from "ServerWatch" where id = ${first} for update`;
        holding += 1;
        if (holding === 2) bothHold();
        await bothHolding;
        await tx.$queryRaw`select id from "ServerWatch" where id = ${second} for update`;
      });
    await Promise.all([crossing(1, 2), crossing(2, 1)]);
    expect(runs).toBe(3);
  });
});

describe("partitions of the raw reports", () => {
  test("the web process makes them ahead, once", async () => {
    await withClient(fresh.ownerUrl, (owner) =>
      owner.query(`do $$ declare p regclass; begin
        select inhrelid::regclass into p from pg_inherits where inhparent = '"Report"'::regclass order by inhrelid desc limit 1;
        execute 'drop table ' || p; end $$`),
    );
    const made = () =>
      withClient(
        fresh.appUrl,
        async (c) => (await c.query("select ensure_report_partitions() as n")).rows[0].n,
      );
    expect([await made(), await made()]).toEqual([1, 0]);
  });

  test("a month goes when it ended 30 days ago; what is younger cannot be dropped", async () => {
    await withClient(fresh.ownerUrl, (owner) =>
      owner.query(
        `create table report_partition.m2020_02 partition of "Report" for values from ('2020-02-01Z') to ('2020-03-01Z')`,
      ),
    );
    const drop = (before: string) =>
      withClient(
        fresh.appUrl,
        async (client) => (await client.query("select drop_report_partitions($1) as n", [before])).rows[0].n,
      );
    await expect(drop(new Date().toISOString())).rejects.toMatchObject({ code: "23514" });
    expect(await drop("2020-02-29T23:59:59Z")).toBe(0);
    expect(await drop("2020-03-01T00:00:00Z")).toBe(1);
  });
});
