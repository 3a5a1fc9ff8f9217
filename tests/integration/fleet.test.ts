import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FILTER_FIELDS, readFleetQuery, writeFleetQuery } from "#core/fleet/filter.ts";
import { type PackedOrder, readOrder } from "#core/fleet/order.ts";
import { rankLetter } from "#core/fleet/rank.ts";
import { CHANGES, HEADLINES, SAFETIES, SERVICES, SOFTWARES } from "#core/headline/axes.ts";
import type { Facet, Fleet, FleetCounts, FleetFacets, FleetRow } from "#server/scanner/view.ts";
import { NAIVE_KEYS, type NaiveRow, naiveMatch } from "#tests/integration/naive-fleet.ts";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import type { Visitor } from "#tests/integration/visitor.ts";
import { makeWorld, personAt, type World } from "#tests/integration/world.ts";
import { type InsertedFleet, insertFleet } from "#tests/support/big-fleet.ts";

const SCANNERS = 400;
const HOUR = 3_600_000;

let server: RunningServer;
let world: World;
let fleet: InsertedFleet;
let everything: NaiveRow[];
let readers: { name: string; visitor: Visitor; sees: (one: NaiveRow) => boolean }[];

beforeAll(async () => {
  server = await startServer();
  world = await makeWorld(server);
  fleet = await insertFleet(server.database.ownerUrl, { scanners: SCANNERS, aheadMs: HOUR });
  await giveMarksAnEnd();
  everything = await naiveRows();
  const [site = ""] = fleet.siteIds;
  const place = { ...world.own, siteId: site, regionId: regionOf(site) };
  readers = [
    { name: "the organisation", visitor: world.admin, sees: () => true },
    {
      name: "a region",
      visitor: await personAt(world, "viewer", place, "region"),
      sees: ({ regionId }) => regionId === place.regionId,
    },
    {
      name: "a site",
      visitor: await personAt(world, "technician", place),
      sees: ({ row }) => row.siteId === site,
    },
  ];
});
afterAll(() => server.stop());

/** Of the scanners in maintenance a third has an end that has passed, a third one that has not, and a third has none. */
async function giveMarksAnEnd(): Promise<void> {
  const marked = await server.owner<{ id: string }>(
    `select id from "Scanner" where service = 'maintenance' order by id`,
  );
  expect(marked.length).toBeGreaterThan(2);
  for (const [index, { id }] of marked.entries())
    if (index % 3 < 2)
      await server.owner(`update "Scanner" set "serviceUntil" = now() + $2::interval where id = $1`, [
        id,
        index % 3 === 0 ? "-1 hour" : "1 day",
      ]);
}

const regionOf = (siteId: string) => everything.find(({ row }) => row.siteId === siteId)?.regionId ?? "";

/** Every scanner with what a table does not show of it, judged by the server now. */
async function naiveRows(): Promise<NaiveRow[]> {
  const rest = await server.owner<{ id: string; hostname: string; regionId: string; items: string[] }>(
    `select s.id, hostname, s."regionId", array(select f ->> 'itemId' from jsonb_array_elements(st.findings) f) items
     from "Scanner" s left join "ScannerState" st on st."scannerId" = s.id`,
  );
  const rows: FleetRow[] = [];
  for (let from = 0; from < rest.length; from += 80)
    rows.push(
      ...(await rowsOf(
        world.admin,
        rest.slice(from, from + 80).map(({ id }) => id),
      )),
    );
  return rest.flatMap(({ id, ...more }) => {
    const row = rows.find(({ scannerId }) => scannerId === id);
    return row === undefined ? [] : [{ row, ...more }];
  });
}

function headlineOf(id: string): FleetRow["headline"] {
  const found = everything.find(({ row }) => row.scannerId === id);
  if (found === undefined) throw new Error(`the order names ${id}, which nobody has`);
  return found.row.headline;
}

async function rowsOf(visitor: Visitor, ids: readonly string[]): Promise<FleetRow[]> {
  return ((await visitor.query("scanner.rows", { ids })).data as { rows: FleetRow[] }).rows;
}

async function orderOf(visitor: Visitor, query: string): Promise<string[]> {
  const answer = await visitor.query("scanner.order", { query });
  expect(answer.status, answer.body).toBe(200);
  const { ids, ranks } = answer.data as PackedOrder;
  const order = readOrder(ids);
  expect(ranks).toBe(order.map((id) => rankLetter(headlineOf(id))).join(""));
  return order;
}

const facetsOf = async (visitor: Visitor) => (await visitor.query("scanner.facets")).data as FleetFacets;

describe("every condition of the filter means what it says, in every scope [UI-1]", () => {
  const WORDS: Record<string, readonly string[]> = {
    headline: [...HEADLINES, "tripped"],
    service: SERVICES,
    pin: ["on", "off", "none"],
    safety: SAFETIES,
    link: ["live", "late", "offline", "never"],
    software: SOFTWARES,
    change: CHANGES,
    search: ["fm25", "anni", "würz", "HOST-12", "level 3", "%", "_", "\\", "' or 1=1 --", "مستشفى"],
    "seen-before": ["1h", "2d", "30s"],
    "seen-within": ["1h", "2d", "9000d"],
  };

  async function queriesOfAll(): Promise<string[]> {
    const facets = await facetsOf(world.admin);
    return FILTER_FIELDS.flatMap((field) => {
      const found = WORDS[field] ?? facets[field as keyof FleetFacets].slice(0, 5).map(({ value }) => value);
      expect(found.length, field).toBeGreaterThan(0);
      return found.map((value) => new URLSearchParams([[field, value]]).toString());
    });
  }

  test("one by one", async () => {
    for (const query of await queriesOfAll()) await expectNaive(query);
  });

  test("and together: alternatives within a field, every field narrows", async () => {
    const queries = await queriesOfAll();
    for (let at = 0; at < 60; at += 1) {
      const picked = [0, 1, 2].map(
        (place) => queries[(at * 37 + place * place * 11 + place) % queries.length],
      );
      await expectNaive(picked.join("&"));
    }
    await expectNaive("headline=unsafe&headline=offline&headline=retired");
    await expectNaive("headline=tripped&headline=drifted");
  });

  async function expectNaive(query: string): Promise<void> {
    const filter = readFleetQuery(query);
    expect(filter.notUnderstood, query).toEqual([]);
    for (const { name, visitor, sees } of readers) {
      const wanted = everything.filter((one) => sees(one) && naiveMatch(filter, one, Date.now()));
      const ids = await orderOf(visitor, query);
      expect(ids.toSorted(), `${query} for ${name}`).toEqual(wanted.map(({ row }) => row.scannerId).sort());
    }
  }

  test("what is not understood hides nobody", async () => {
    const all = await orderOf(world.admin, "");
    expect(await orderOf(world.admin, "headline=unsfe&colour=red&site=x&sort=size&seen-within=soon")).toEqual(
      all,
    );
  });
});

describe("the legend counts what the rest of the filter leaves", () => {
  test.each(["", "search=fm25", "tag=beta&headline=drifted", "headline=retired"])("%s", async (query) => {
    const filter = readFleetQuery(query);
    for (const { visitor, sees } of readers) {
      const { data } = await visitor.query("scanner.counts", { query });
      const counts = data as FleetCounts;
      const seen = everything.filter(sees);
      for (const word of [...HEADLINES, "tripped"] as const) {
        const only = { ...filter, headline: [word] };
        const wanted = seen.filter((one) => naiveMatch(only, one, Date.now())).length;
        expect(counts.counts[word], word).toBe(wanted);
      }
      expect(counts.total).toBe(seen.filter((one) => naiveMatch(filter, one, Date.now())).length);
      const rest = seen.filter((one) => naiveMatch({ ...filter, headline: [] }, one, Date.now()));
      expect(counts.pinned).toBe(rest.filter(({ row }) => row.pinned !== null).length);
      expect(counts.onPin).toBe(
        rest.filter(({ row }) => row.pinned !== null && row.axes.currency === "current").length,
      );
    }
  });
});

describe("pages and order", () => {
  test("a page anywhere is the same stretch of the whole order, and small", async () => {
    const order = await orderOf(world.admin, "");
    for (const offset of [0, 100, 433, order.length - 3, order.length]) {
      const answer = await world.admin.query("scanner.list", { offset });
      const page = answer.data as Fleet;
      expect(page.rows.map(({ scannerId }) => scannerId)).toEqual(order.slice(offset, offset + 100));
      expect(page.total).toBe(order.length);
      expect(answer.body.length).toBeLessThan(200_000);
    }
  });

  test.each(["severity", "since", "report"] as const)("%s goes one way, and turned the other", async (by) => {
    const up = await shown(`sort=${by}`);
    const down = await shown(`sort=-${by}`);
    const keys = up.map(NAIVE_KEYS[by]);
    expect(keys).toEqual(sortedNullsLast(keys));
    const turned = down.map(NAIVE_KEYS[by]);
    expect(turned).toEqual([
      ...sortedNullsLast(turned.filter((key) => key !== null)).reverse(),
      ...turned.filter((key) => key === null),
    ]);
    expect(down.map(({ scannerId }) => scannerId).sort()).toEqual(
      up.map(({ scannerId }) => scannerId).sort(),
    );
  });

  test("names are sorted as people read them", async () => {
    const sites = (await shown("sort=site")).map(({ siteName }) => siteName);
    expect(sites).toEqual(sites.toSorted(new Intl.Collator("en").compare));
    const serials = (await shown("sort=serial")).map(({ serial }) => serial);
    expect(serials).toEqual(serials.toSorted());
    expect((await shown("sort=-serial")).map(({ serial }) => serial)).toEqual(serials.toReversed());
    const running = (await shown("sort=running")).map((row) => row.running.releaseName);
    const known = running.filter((name) => name !== null);
    expect(running).toEqual([...known.toSorted(), ...running.filter((name) => name === null)]);
  });

  async function shown(query: string): Promise<FleetRow[]> {
    const ids = await orderOf(world.admin, query);
    const byId = new Map(everything.map(({ row }) => [row.scannerId as string, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  function sortedNullsLast(keys: readonly (number | null)[]) {
    return keys.toSorted((a, b) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY));
  }
});

test("rows by id come in the order asked for, and foreign ones not at all [P-02]", async () => {
  const [, , atSite] = readers;
  if (atSite === undefined) throw new Error("three readers expected");
  const mixed = everything.slice(0, 60).map(({ row }) => row.scannerId as string);
  const seen = everything.slice(0, 60).filter((one) => atSite.sees(one));
  expect(seen.length).toBeGreaterThan(0);
  const rows = await rowsOf(atSite.visitor, mixed);
  expect(rows.map(({ scannerId }) => scannerId)).toEqual(seen.map(({ row }) => row.scannerId));
  expect((await world.admin.query("scanner.rows", { ids: [] })).refusal?.code).toBe("wrong-input");
});

test("the menus offer what the reader's scanners have, counted, and nothing of anybody else's", async () => {
  for (const { visitor, sees } of readers) {
    const facets = await facetsOf(visitor);
    const seen = everything.filter((one) => sees(one) && one.row.headline.word !== "retired");
    const sum = (list: readonly Facet[]) => list.reduce((total, { count }) => total + count, 0);
    for (const field of ["site", "region", "model", "running", "pinned", "origin"] as const)
      expect(sum(facets[field]), field).toBe(seen.length);
    const tagged = facets.tag.map(({ value, count }) => [value, count]);
    for (const [value, count] of tagged)
      expect(count, `tag ${value}`).toBe(
        seen.filter(({ row }) => (value === "" ? row.tags.length === 0 : row.tags.includes(String(value))))
          .length,
      );
    expect(new Set(facets.item.map(({ value }) => value))).toEqual(
      new Set(seen.flatMap(({ items }) => items)),
    );
    expect(new Set(facets.site.map(({ name }) => name))).toEqual(
      new Set(seen.map(({ row }) => row.siteName)),
    );
  }
});

test("a query that a link wrote is a query the server reads", async () => {
  const query = writeFleetQuery(readFleetQuery("tag=beta&headline=nominal&sort=-site"));
  expect((await orderOf(world.admin, query)).length).toBeGreaterThan(0);
});
