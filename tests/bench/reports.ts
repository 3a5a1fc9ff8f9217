import pg from "pg";
import { v7 } from "uuid";
import { type Bench, byEffort, type Context, type Outcome } from "#tests/bench/bench.ts";
import { compared } from "#tests/bench/figure.ts";
import { firstReports, lanes, onlySuccesses, startPortal } from "#tests/bench/ingress.ts";
import { inTurns } from "#tests/bench/pairs.ts";
import { type BenchDatabase, openPostgres } from "#tests/bench/postgres.ts";
import { type Program, processorSeconds, startProgram } from "#tests/bench/program.ts";
import type { LoadAnswer } from "#tests/bench/programs/load.ts";
import { realisticFacts, realisticManifest } from "#tests/bench/realistic.ts";
import {
  addScanners,
  addSite,
  type BenchScanner,
  type Place,
  reportMessage,
  signedRequest,
} from "#tests/bench/scanners.ts";

const SCANNERS = 64;
/** Transactions at once in the bare contender; the product admits as many. */
const AT_ONCE = 16;

async function run(context: Context): Promise<Outcome> {
  const { main } = await openPostgres(context, ["main"]);
  const place = await addSite(main);
  const scanners = await addScanners(main, place, SCANNERS);
  await addBaseline(main, place, scanners);
  await main.sql(
    "create table bare_report (id uuid primary key, scanner uuid not null, body bytea not null)",
  );
  const load = await startProgram(context, "load");
  const portal = await startPortal(context, main.appUrl);
  await firstReports(load, portal.port, scanners);
  const turns = byEffort(context, { short: 1, usual: 4, long: 8 });
  const microseconds: number[] = [];
  const bodies: Buffer[] = [];
  let seq = 2;
  const fiducial = async () => {
    const connections = lanes(scanners, turns, (scanner, turn) => reportRequest(scanner, seq + turn));
    seq += turns;
    bodies.splice(0, bodies.length, ...connections.flat().map(bodyOf));
    const before = processorSeconds(portal.pid);
    const { count, perSecond } = await send(load, portal.port, connections);
    microseconds.push(((processorSeconds(portal.pid) - before) / count) * 1e6);
    return perSecond;
  };
  const pool = new pg.Pool({ connectionString: main.ownerUrl, max: AT_ONCE });
  context.atEnd(() => pool.end());
  // The same bytes as the round before sent; in the very first round there is one, because the product goes first.
  const bare = () => insertAll(pool, bodies.length > 0 ? bodies : [Buffer.from("{}")]);
  const rounds = byEffort(context, { short: 2, usual: 5, long: 12 });
  const rates = await inTurns(context, "reports", rounds, { fiducial, bare });
  const size = bodies[0]?.length ?? 0;
  return {
    kind: "measured",
    figures: [
      compared(
        {
          id: "reports.rate",
          what: "Signed reports with changed facts, stored and concluded",
          unit: "/s",
          limits:
            "one thread: checking and writing 40 kB as JSON three times (the message, its history, the newest state), and the database client's ten statements a report, all before the answer",
        },
        rates.fiducial,
        { what: "one insert of the same bytes, one transaction each", samples: rates.bare },
      ),
    ],
    notes: [
      `Reports of ${Math.round(size / 1000)} kB from ${SCANNERS} scanners with a manifest of 50 items; a reading and a unit's restarts differ from report to report. An idle scanner sends one in 15 minutes: 10,000 of them send 11 a second. Processor time of the server: ${Math.round(median(microseconds) / 100) / 10} ms a report.`,
    ],
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** What the reports are compared with: fifty items, pinned on every scanner. */
async function addBaseline(
  { sql }: BenchDatabase,
  place: Place,
  scanners: readonly BenchScanner[],
): Promise<string> {
  const id = v7();
  const manifest = realisticManifest(realisticFacts());
  await sql(
    `insert into "Release" (id, "organisationId", "regionId", "siteId", origin, name, toplevel, "closureDigest", manifest, "createdBy")
     values ($1, $2, null, null, 'signed', 'bench', $3, $4, $5, 'bench')`,
    [id, place.organisationId, manifest.toplevel, manifest.closureDigest, manifest],
  );
  await sql(`update "Scanner" set "pinnedReleaseId" = $1 where id = any($2::uuid[])`, [
    id,
    scanners.map(({ scannerId }) => scannerId),
  ]);
  return id;
}

function reportRequest(scanner: BenchScanner, seq: number): Buffer {
  return signedRequest(scanner, "report", reportMessage(scanner, seq, realisticFacts(seq)));
}

function bodyOf(request: Buffer): Buffer {
  return request.subarray(request.indexOf("\r\n\r\n") + 4);
}

async function send(load: Program, port: number, connections: Buffer[][]) {
  const { tookMs, statuses } = await load.ask<LoadAnswer>({ port, connections, perSecond: null });
  const count = onlySuccesses(statuses);
  return { count, perSecond: (count / tookMs) * 1000 };
}

/** The least that keeps a report: its bytes, committed before the answer. */
async function insertAll(pool: pg.Pool, bodies: readonly Buffer[]): Promise<number> {
  const scanner = v7();
  const waiting = [...bodies];
  const started = performance.now();
  const work = async () => {
    for (let body = waiting.pop(); body !== undefined; body = waiting.pop())
      await pool.query("insert into bare_report (id, scanner, body) values ($1, $2, $3)", [
        v7(),
        scanner,
        body,
      ]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return (bodies.length / (performance.now() - started)) * 1000;
}

export const reports: Bench = { name: "reports", about: "Signed reports", run };
