import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readOrder } from "#core/fleet/order.ts";
import { siteLocal } from "#server/scanner/fleet-csv.ts";
import type { FleetRow } from "#server/scanner/view.ts";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import { Visitor } from "#tests/integration/visitor.ts";
import { makeWorld, personAt, type World } from "#tests/integration/world.ts";
import { type InsertedFleet, insertFleet } from "#tests/support/big-fleet.ts";

const PATH = "/export/fleet.csv";

let server: RunningServer;
let world: World;
let fleet: InsertedFleet;

beforeAll(async () => {
  server = await startServer();
  world = await makeWorld(server);
  fleet = await insertFleet(server.database.ownerUrl, { scanners: 450, aheadMs: 3_600_000 });
});
afterAll(() => server.stop());

type File = { text: string; rows: Record<string, string>[]; trailer: string[] };

async function fileOf(visitor: Visitor, query = "", init = {}): Promise<File> {
  const answer = await visitor.fetch(`${PATH}?${query}`, init);
  // Response.text() would take the byte order mark away.
  const text = Buffer.from(await answer.arrayBuffer()).toString("utf8");
  expect(answer.status, text).toBe(200);
  return { text, ...read(text) };
}

function read(text: string): Omit<File, "text"> {
  const records: string[][] = parse(text, { bom: true });
  const [head = [], ...rest] = records;
  const trailer = rest.pop() ?? [];
  return {
    trailer,
    rows: rest.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? ""]))),
  };
}

async function orderOf(query: string): Promise<string[]> {
  return readOrder(((await world.admin.query("scanner.order", { query })).data as { ids: string }).ids);
}

test("the file has the rows of the table, in its order and with its headlines [EXP-4]", async () => {
  const { text, rows, trailer } = await fileOf(world.admin, "headline=drifted&headline=offline&sort=site");
  expect(rows.map(({ scanner_id }) => scanner_id)).toEqual(
    await orderOf("headline=drifted&headline=offline&sort=site"),
  );
  const ids = rows.slice(0, 50).map(({ scanner_id }) => scanner_id);
  const shown = (await world.admin.query("scanner.rows", { ids })).data as { rows: FleetRow[] };
  for (const [at, row] of shown.rows.entries()) {
    expect(rows[at]).toMatchObject({
      serial: row.serial,
      headline: row.headline.word,
      safety: row.axes.safety,
      site: row.siteName,
      running_release: row.running.releaseName ?? "",
      headline_since_utc: new Date(row.headlineSinceMs).toISOString(),
      headline_since_site_local: siteLocal(row.headlineSinceMs, row.timeZone),
    });
  }
  expect(text.startsWith("\uFEFFserial,alias,headline,")).toBe(true);
  expect(text.replaceAll("\r\n", "")).not.toContain("\n");
  expect(trailer.slice(0, 2)).toEqual([
    `# ${rows.length} rows`,
    "filter: headline=drifted&headline=offline&sort=site",
  ]);
});

test("what a spreadsheet would run stays a text [X-10]", async () => {
  const hostile = ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\tx", `"quoted", and\r\nbroken`];
  const ids = fleet.scannerIds.slice(0, hostile.length);
  for (const [at, alias] of hostile.entries())
    await server.owner(`update "Scanner" set alias = $2, service = 'in-service' where id = $1`, [
      ids[at],
      alias,
    ]);
  const body = JSON.stringify({ ids });
  const { rows, text } = await fileOf(world.admin, "", {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  const aliases = rows.map(({ alias = "" }) => alias);
  expect(new Set(aliases)).toEqual(
    new Set(hostile.map((alias) => (/^[=+\-@\t]/.test(alias) ? `'${alias}` : alias))),
  );
  for (const cell of text.split(/[,\r\n]+/)) expect(cell).not.toMatch(/^"?[=+@\t]/);
});

test("a person takes along what they may see, and nothing else [P-02, P-03]", async () => {
  const [siteId = ""] = fleet.siteIds;
  const [{ regionId = "" } = {}] = await server.owner<{ regionId: string }>(
    `select "regionId" from "Site" where id = $1`,
    [siteId],
  );
  const contact = await personAt(world, "site-contact", { ...world.own, siteId, regionId });
  const { rows } = await fileOf(contact);
  const own = await server.owner<{ id: string }>(
    `select id from "Scanner" where "siteId" = $1 and service <> 'retired'`,
    [siteId],
  );
  expect(rows.map(({ scanner_id }) => scanner_id).sort()).toEqual(own.map(({ id }) => id).sort());
  const foreign = { ids: fleet.scannerIds };
  const init = {
    method: "POST",
    body: JSON.stringify(foreign),
    headers: { "content-type": "application/json" },
  };
  expect((await fileOf(contact, "", init)).rows).toHaveLength(own.length);
});

describe("is refused in words", () => {
  test.each([
    ["without a session", () => new Visitor(server).fetch(PATH), 401, "not-signed-in"],
    [
      "from another site",
      () => world.admin.fetch(PATH, { headers: { origin: "https://evil.example" } }),
      403,
      "foreign-origin",
    ],
    ["another file", () => world.admin.fetch("/export/secrets.csv"), 404, "not-found"],
    ["another method", () => world.admin.fetch(PATH, { method: "PUT" }), 400, "wrong-request"],
    ["a form", () => world.admin.fetch(PATH, { method: "POST", body: "ids=1" }), 400, "wrong-request"],
    ["no ids", () => post({ ids: [] }), 400, "wrong-input"],
    ["too much", () => post({ ids: "x".repeat(1_100_000) }), 413, "too-large"],
  ] as const)("%s", async (_what, ask, status, code) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ refusal: { code } });
  });

  test("somebody without any role [P-03]", async () => {
    const visitor = await personAt(world, "viewer", world.own);
    await server.owner(`delete from "Membership" where role = 'viewer' and "siteId" = $1`, [
      world.own.siteId,
    ]);
    expect((await visitor.fetch(PATH)).status).toBe(403);
  });

  const post = (body: unknown) =>
    world.admin.fetch(PATH, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
});

test("who took what along is in the log, and without the log there is no file [A-06]", async () => {
  const before = await exported();
  await fileOf(world.admin, "tag=beta");
  const [last] = (await exported()).slice(-1);
  expect((await exported()).length).toBe(before.length + 1);
  const wanted = (await orderOf("tag=beta")).length;
  expect(JSON.parse(last?.body ?? "{}")).toEqual({ query: "tag=beta", rows: wanted, selected: false });
  await server.owner("alter function audit.append(text, text, text, text) rename to append_away");
  try {
    const answer = await world.admin.fetch(PATH);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("FM");
  } finally {
    await server.owner("alter function audit.append_away(text, text, text, text) rename to append");
  }

  function exported() {
    return server.owner<{ body: string }>(
      `select body from audit.event where action = 'fleet.exported' order by at`,
    );
  }
});

test.each([
  [Date.UTC(2026, 2, 29, 0, 59, 59), "Europe/Berlin", "2026-03-29T01:59:59+01:00"],
  [Date.UTC(2026, 2, 29, 1, 0, 0), "Europe/Berlin", "2026-03-29T03:00:00+02:00"],
  [Date.UTC(2026, 0, 1, 0, 0, 0), "Asia/Kathmandu", "2026-01-01T05:45:00+05:45"],
  [Date.UTC(2026, 0, 1, 0, 0, 0), "America/St_Johns", "2025-12-31T20:30:00-03:30"],
  [Date.UTC(2026, 0, 1, 0, 0, 0), "UTC", "2026-01-01T00:00:00+00:00"],
])("a site's clock reads with its offset: %d in %s", (ms, zone, text) =>
  expect(siteLocal(ms, zone)).toBe(text),
);
