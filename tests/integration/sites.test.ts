import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RegionRow } from "#server/region/view.ts";
import type { SiteRow } from "#server/site/view.ts";
import { done, reportingScanner, tokenFor } from "#tests/integration/fleet-world.ts";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import { makeWorld, type Place, personAt, type World } from "#tests/integration/world.ts";

let server: RunningServer;
let world: World;

beforeAll(async () => {
  server = await startServer();
  world = await makeWorld(server);
});
afterAll(() => server.stop());

const regions = async () => done(await world.admin.query("region.list")) as RegionRow[];
const sites = async () => done(await world.admin.query("site.list")) as SiteRow[];

async function newRegion(name: string): Promise<string> {
  return (done(await world.admin.mutate("region.create", { name })) as { regionId: string }).regionId;
}

async function newSite(name: string, regionName?: string): Promise<Place> {
  const { siteId } = done(
    await world.admin.mutate("site.create", { name, timeZone: "UTC", ...(regionName && { regionName }) }),
  ) as { siteId: string };
  const row = (await sites()).find((site) => site.siteId === siteId);
  return { siteId, regionId: String(row?.regionId), organisationId: world.own.organisationId };
}

const lastEvent = async (action: string) =>
  JSON.parse(
    (
      await server.owner<{ body: string }>(
        "select body from audit.event where action = $1 order by at desc limit 1",
        [action],
      )
    )[0]?.body ?? "null",
  );

describe("regions", () => {
  test("are made, renamed and, once empty, removed", async () => {
    const regionId = await newRegion("East");
    expect((await world.admin.mutate("region.create", { name: "East" })).refusal?.code).toBe(
      "region-name-taken",
    );
    done(await world.admin.mutate("region.rename", { regionId, name: "Far East" }));
    expect(await lastEvent("region.renamed")).toEqual({ regionId, from: "East", to: "Far East" });
    await newSite("Osaka", "Far East");
    expect((await world.admin.mutate("region.remove", { regionId })).refusal).toEqual({
      code: "region-not-empty",
      params: { sites: 1, people: 0, invitations: 0 },
    });
    const empty = await newRegion("Nowhere");
    done(await world.admin.mutate("region.remove", { regionId: empty }));
    expect((await regions()).map(({ name }) => name)).toEqual(["Far East", "Main", "North"]);
  });

  test("a region over which somebody holds a role stays", async () => {
    const regionId = await newRegion("Held");
    const place = await newSite("Holding", "Held");
    await personAt(world, "viewer", place, "region");
    done(
      await world.admin.mutate("site.move", {
        siteId: place.siteId,
        regionId: world.own.regionId,
        reason: "emptied",
      }),
    );
    expect((await world.admin.mutate("region.remove", { regionId })).refusal?.params).toMatchObject({
      sites: 0,
      people: 1,
    });
  });

  test("an administrator of a region renames it and makes no other; of a site, neither [P-03]", async () => {
    const regional = await personAt(world, "admin", world.other, "region");
    const local = await personAt(world, "admin", world.other);
    const ask = { regionId: world.other.regionId, name: "Northern" };
    expect((await local.mutate("region.rename", ask)).refusal?.code).toBe("scope-outside-yours");
    expect((await regional.mutate("region.create", { name: "Mine" })).refusal?.code).toBe(
      "scope-outside-yours",
    );
    done(await regional.mutate("region.rename", ask));
    expect((done(await regional.query("region.list")) as RegionRow[]).map(({ name }) => name)).toEqual([
      "Northern",
    ]);
    done(await world.admin.mutate("region.rename", { ...ask, name: "North" }));
  });
});

describe("moving a site to another region", () => {
  test("takes every row along, ends the reach of the old region's people at once and begins that of the new [P-03, P-10]", async () => {
    const place = await newSite("Wandering");
    const scanner = await reportingScanner(world, place, "SN-WANDER");
    const before = await personAt(world, "viewer", place, "region");
    await newRegion("South");
    const { regionId } = await newSite("Southern", "South");
    const after = await personAt(world, "viewer", { ...place, regionId }, "region");
    const local = await personAt(world, "viewer", place);
    const ask = { scannerId: scanner.scannerId };
    expect((await before.query("scanner.get", ask)).status).toBe(200);
    expect((await after.query("scanner.get", ask)).refusal?.code).toBe("not-found");
    done(await world.admin.mutate("site.move", { siteId: place.siteId, regionId, reason: "reorganised" }));
    expect((await before.query("scanner.get", ask)).refusal?.code).toBe("not-found");
    expect((await after.query("scanner.get", ask)).status).toBe(200);
    expect((await local.query("scanner.get", ask)).status).toBe(200);
    expect(await lastEvent("site.moved")).toMatchObject({
      from: { regionId: place.regionId, region: "Main" },
      to: { regionId, region: "South" },
    });
    const tables = await server.owner<{ name: string }>(
      `select table_name name from information_schema.columns where table_schema = 'public' and column_name = 'siteId'`,
    );
    for (const { name } of tables) {
      const [row] = await server.owner<{ n: number }>(
        `select count(*)::int n from "${name}" where "siteId" = $1 and "regionId" <> $2`,
        [place.siteId, regionId],
      );
      expect([name, row?.n]).toEqual([name, 0]);
    }
    expect((await scanner.report(2)).status).toBe(200);
  });

  test("takes a role over both regions", async () => {
    const regional = await personAt(world, "admin", world.own, "region");
    const ask = { siteId: world.own.siteId, regionId: world.other.regionId, reason: "mine" };
    expect((await regional.mutate("site.move", ask)).refusal?.code).toBe("not-found");
    const foreign = { siteId: world.other.siteId, regionId: world.own.regionId, reason: "mine" };
    expect((await regional.mutate("site.move", foreign)).refusal?.code).toBe("not-found");
  });
});

describe("closing a site", () => {
  test("waits until no scanner stands there, ends its tokens, lets nobody in, and can be taken back", async () => {
    const place = await newSite("Closing");
    const { siteId } = place;
    const scanner = await reportingScanner(world, place, "SN-LAST");
    const reason = "hospital sold";
    expect((await world.admin.mutate("site.close", { siteId, reason })).refusal).toEqual({
      code: "site-not-empty",
      params: { site: "Closing", scanners: 1 },
    });
    const { scannerId } = scanner;
    done(await world.admin.mutate("scanner.retire", { scannerId, serial: "SN-LAST", reason }));
    await tokenFor(world, place);
    done(await world.admin.mutate("site.close", { siteId, reason }));
    expect(await lastEvent("site.closed")).toMatchObject({ siteId, tokensEnded: 1, reason });
    expect((await world.admin.mutate("enrolment.createToken", { siteId })).refusal?.code).toBe("site-closed");
    const move = { scannerId, siteId: world.own.siteId, reason };
    done(await world.admin.mutate("scanner.move", move));
    expect((await world.admin.mutate("scanner.move", { ...move, siteId })).refusal?.code).toBe("site-closed");
    const row = (await sites()).find((site) => site.siteId === siteId);
    expect(row?.closedAtMs).toBeTypeOf("number");
    done(await world.admin.mutate("site.reopen", { siteId, reason: "bought back" }));
    expect((await world.admin.mutate("site.reopen", { siteId, reason })).refusal?.code).toBe("site-open");
    await tokenFor(world, place);
  });

  test("is an act of the site's own administrator too, and of nobody below [P-03]", async () => {
    const place = await newSite("Small");
    const ask = { siteId: place.siteId, reason: "closed" };
    const engineer = await personAt(world, "service-engineer", place);
    expect((await engineer.mutate("site.close", ask)).refusal?.code).toBe("not-allowed");
    done(await (await personAt(world, "admin", place)).mutate("site.close", ask));
  });
});
