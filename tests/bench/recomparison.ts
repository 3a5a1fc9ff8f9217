import pg from "pg";
import { v7 } from "uuid";
import type { WithScope } from "#server/database/scoped.ts";
import { reconcludeAll } from "#server/report/reconclude.ts";
import { type Bench, byEffort, type Context, type Outcome } from "#tests/bench/bench.ts";
import { alone, compared } from "#tests/bench/figure.ts";
import { firstReports, startPortal } from "#tests/bench/ingress.ts";
import { inTurns } from "#tests/bench/pairs.ts";
import { type BenchDatabase, openPostgres, productDatabase } from "#tests/bench/postgres.ts";
import { startProgram } from "#tests/bench/program.ts";
import { MANIFEST_ITEMS, realisticFacts, realisticManifest } from "#tests/bench/realistic.ts";
import { addScanners, addSite, type Place } from "#tests/bench/scanners.ts";

/** As many at once as the agent API admits to the database. */
const AT_ONCE = 16;
/** Scanners of one transaction: they stay locked until it ends, and no report of theirs should wait for long. */
const SLICE = 50;
/** Transactions at once: while one thread compares, PostgreSQL reads and writes for the others. */
const SLICES_AT_ONCE = 3;

/**
 * An expected state changed, and every scanner it concerns is compared again: the newest facts of each against the manifest, findings and
 * headline written, a slice of the fleet in one transaction. Every round moves all pins to a manifest that differs in one item.
 */
async function run(context: Context): Promise<Outcome> {
  const { main } = await openPostgres(context, ["main"]);
  const place = await addSite(main);
  const fleet = byEffort(context, { short: 400, usual: 10_000, long: 10_000 });
  const scannerIds = await fleetOf(context, main, place, fleet);
  const releases = await twoReleases(main, place);
  const { withScope } = productDatabase(context, main);
  const pool = new pg.Pool({ connectionString: main.ownerUrl, max: AT_ONCE });
  context.atEnd(() => pool.end());
  const rounds = byEffort(context, { short: 2, usual: 4, long: 9 });
  // One share of the fleet a round, the one that warms up too: all rounds together are the whole of it.
  const slices = sliced(scannerIds, rounds + 1);
  const turn = { product: 0, bare: 0 };
  const times: number[] = [];
  const rates = await inTurns(context, "re-comparison", rounds, {
    product: async () => {
      const ids = slices[turn.product++ % slices.length] ?? [];
      await pin(main, ids, releases[turn.product % 2] ?? "");
      const started = performance.now();
      const together = sliced(ids, Math.ceil(ids.length / SLICE));
      await atOnce(together, SLICES_AT_ONCE, (slice) => compareAgain(withScope, slice));
      const seconds = (performance.now() - started) / 1000;
      times.push((seconds / ids.length) * fleet);
      return ids.length / seconds;
    },
    bare: async () => {
      const ids = slices[turn.bare++ % slices.length] ?? [];
      const started = performance.now();
      await atOnce(ids, AT_ONCE, (id) => readAndWrite(pool, id));
      return (ids.length / (performance.now() - started)) * 1000;
    },
  });
  await provedTurned(main, scannerIds.length);
  return {
    kind: "measured",
    figures: [
      compared(
        {
          id: "recomparison.rate",
          what: `Scanners compared again after the expected state changed (${MANIFEST_ITEMS} items)`,
          unit: "/s",
          limits:
            "one thread that reads the facts as JSON, and PostgreSQL, which takes them out of compressed storage and writes a row, a headline and a finding a scanner",
        },
        rates.product,
        { what: "reading the facts and writing one column, one transaction each", samples: rates.bare },
      ),
      alone(
        {
          id: "recomparison.fleet",
          what: `The same for the whole fleet of ${fleet.toLocaleString("en-GB")}, seconds`,
          unit: "",
          limits: "as above; scanners are independent, so several server processes share the work",
        },
        times.slice(1),
      ),
    ],
  };
}

/** One scanner reports through the real ingress; the others are copies of its rows. */
async function fleetOf(
  context: Context,
  database: BenchDatabase,
  place: Place,
  count: number,
): Promise<string[]> {
  const [template] = await addScanners(database, place, 1);
  if (template === undefined) throw new Error("one scanner expected");
  const load = await startProgram(context, "load");
  const portal = await startPortal(context, database.appUrl);
  await firstReports(load, portal.port, [template]);
  context.progress(`copying one scanner ${count} times`);
  const { sql } = database;
  const ids = Array.from({ length: count }, () => v7());
  await sql(
    `insert into "Scanner" select (jsonb_populate_record(s, jsonb_build_object('id', copy, 'serial', 'C-' || copy))).*
     from "Scanner" s, unnest($1::text[]) as made(copy) where s.id = $2`,
    [ids, template.scannerId],
  );
  await sql(
    `insert into "ScannerState" select (jsonb_populate_record(s, jsonb_build_object('scannerId', copy))).*
     from "ScannerState" s, unnest($1::text[]) as made(copy) where s."scannerId" = $2`,
    [ids, template.scannerId],
  );
  await sql("analyze");
  return ids;
}

/** Two expected states that one set of facts cannot both meet: every move between them is a finding that comes or goes. */
async function twoReleases({ sql }: BenchDatabase, place: Place): Promise<string[]> {
  const manifest = realisticManifest(realisticFacts());
  const at = manifest.items.findIndex(({ expect }) => expect.op === "eq" && typeof expect.want === "string");
  const changed = {
    ...manifest,
    items: manifest.items.map((item, index) =>
      index === at ? { ...item, expect: { op: "eq", want: "something else" } } : item,
    ),
  };
  const ids = [v7(), v7()];
  // Without a toplevel of their own: what is pinned decides, and moving the pin is the change.
  for (const [index, one] of [manifest, changed].entries())
    await sql(
      `insert into "Release" (id, "organisationId", origin, name, toplevel, manifest, "createdBy")
       values ($1, $2, 'signed', $3, null, $4, 'bench')`,
      [ids[index], place.organisationId, `bench-${index}`, { ...one, toplevel: null }],
    );
  return ids;
}

async function pin({ sql }: BenchDatabase, ids: readonly string[], release: string): Promise<void> {
  await sql(`update "Scanner" set "pinnedReleaseId" = $1 where id = any($2::uuid[])`, [release, ids]);
}

async function compareAgain(withScope: WithScope, scannerIds: readonly string[]): Promise<void> {
  const nowMs = Date.now();
  const judged = await withScope({ all: true }, (tx) =>
    reconcludeAll(tx, scannerIds, { nowMs, observingSinceMs: 0 }),
  );
  if (judged.size !== scannerIds.length) throw new Error("a scanner was not compared");
}

/** The least that compares anything stored: the facts come, something is written. */
async function readAndWrite(pool: pg.Pool, id: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query(`select facts from "ScannerState" where "scannerId" = $1 for update`, [id]);
    await client.query(`update "ScannerState" set "headlineSince" = now() where "scannerId" = $1`, [id]);
    await client.query("commit");
  } finally {
    client.release();
  }
}

/** A bench of comparisons that found nothing compared nothing. */
async function provedTurned({ sql }: BenchDatabase, scanners: number): Promise<void> {
  const [row] = await sql<{ looked: number; found: number }>(
    `select count(*) filter (where "comparedWithId" is not null)::int as looked,
       (select count(*)::int from "FindingInterval") as found from "ScannerState"`,
  );
  if ((row?.looked ?? 0) < scanners || (row?.found ?? 0) === 0)
    throw new Error(`compared ${row?.looked} of ${scanners}, ${row?.found} findings`);
}

function sliced<T>(all: readonly T[], into: number): T[][] {
  const size = Math.ceil(all.length / into);
  return Array.from({ length: into }, (_, index) => all.slice(index * size, (index + 1) * size));
}

async function atOnce<T>(
  items: readonly T[],
  workers: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

export const recomparison: Bench = {
  name: "recomparison",
  about: "Comparing the fleet again when what is expected changes",
  run,
};
