import pg from "pg";
import { hash, iso, madeId, releaseId, toplevelOf } from "./big-fleet-ids.ts";
import { MODELS, PLACES, REGIONS, RELEASES } from "./big-fleet-places.ts";
import { makeScanner, type Site } from "./big-fleet-scanner.ts";

/** A fleet of any size written straight into the tables, for what is about many rows and not about how they came. */
export type BigFleet = {
  scanners: number;
  /** The same seed makes the same fleet; ids included. */
  seed?: number;
  nowMs?: number;
  /** How far ahead of `nowMs` the scanners were last heard, so that none falls silent while a test looks at them. */
  aheadMs?: number;
};

export type InsertedFleet = { organisationId: string; siteIds: string[]; scannerIds: string[] };

const DAY = 24 * 60 * 60_000;
const BATCH = 500;

/**
 * Adds sites and scanners to the installation behind the URL, whose organisation exists after the first-run form and is made
 * here otherwise. The role may be the owner's or the application's.
 */
export async function insertFleet(databaseUrl: string, fleet: BigFleet): Promise<InsertedFleet> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("select set_config('fid.all', 'on', false)");
    await client.query("begin");
    const inserted = await insertAll(client, fleet);
    await client.query("commit");
    await client.query("analyze");
    return inserted;
  } finally {
    await client.end();
  }
}

async function insertAll(client: pg.Client, fleet: BigFleet): Promise<InsertedFleet> {
  const seed = fleet.seed ?? 1;
  const nowMs = fleet.nowMs ?? Date.now();
  const organisationId = await organisationOf(client, seed);
  const sites = await insertSites(client, organisationId, seed);
  await insertReleases(client, organisationId, seed, nowMs);
  const random = randomFrom(seed);
  const scannerIds: string[] = [];
  for (let from = 0; from < fleet.scanners; from += BATCH) {
    const places = Array.from({ length: Math.min(BATCH, fleet.scanners - from) }, (_, at) => from + at);
    const made = places.map((at) =>
      makeScanner({ at, seed, nowMs, heardMs: nowMs + (fleet.aheadMs ?? 0), sites, random }),
    );
    await insertRows(
      client,
      "Scanner",
      made.map(({ scanner }) => scanner),
    );
    await insertRows(
      client,
      "ScannerState",
      made.flatMap(({ state }) => state ?? []),
    );
    await insertRows(
      client,
      "ScannerLink",
      made.flatMap(({ link }) => link ?? []),
    );
    scannerIds.push(...made.map(({ scanner }) => scanner.id));
  }
  return { organisationId, siteIds: sites.map(({ id }) => id), scannerIds };
}

async function organisationOf(client: pg.Client, seed: number): Promise<string> {
  const { rows } = await client.query<{ id: string }>(`select id from "Organisation" limit 1`);
  if (rows[0] !== undefined) return rows[0].id;
  const id = madeId(seed, "organisation");
  await client.query(`insert into "Organisation" (id, name) values ($1, 'Example Imaging')`, [id]);
  return id;
}

async function insertSites(client: pg.Client, organisationId: string, seed: number): Promise<Site[]> {
  const regionId = (name: string) => madeId(seed, `region ${name}`);
  const regions = REGIONS.map((name) => ({ id: regionId(name), organisationId, name }));
  await insertRows(client, "Region", regions);
  const sites = PLACES.map(({ name, region, timeZone }) => ({
    ...{ id: madeId(seed, `site ${name}`), organisationId, regionId: regionId(region), name, timeZone },
  }));
  await insertRows(client, "Site", sites);
  return sites;
}

async function insertReleases(
  client: pg.Client,
  organisationId: string,
  seed: number,
  nowMs: number,
): Promise<void> {
  const rows = MODELS.flatMap((model) =>
    RELEASES.map((name, place) => {
      const toplevel = toplevelOf(seed, model, name);
      const manifest = { schema: "fiducial.expected/1", toplevel, closureDigest: null, items: [] };
      return {
        ...{ id: releaseId(seed, model, name), organisationId, origin: "signed", name, toplevel, manifest },
        ...{
          closureDigest: hash(toplevel),
          createdBy: "test",
          createdAt: iso(nowMs - (100 - 25 * place) * DAY),
        },
      };
    }),
  );
  await insertRows(client, "Release", rows);
}

/** Every row has the same columns; the others take their default. */
async function insertRows(client: pg.Client, table: string, rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first)
    .map((name) => `"${name}"`)
    .join(", ");
  await client.query(
    `insert into "${table}" (${columns}) select ${columns} from jsonb_populate_recordset(null::"${table}", $1::jsonb)`,
    [JSON.stringify(rows)],
  );
}

/** mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
