import pg from "pg";
import type { Signed } from "#demo/ceremony/hold-ceremony.ts";
import { Systems } from "#demo/host/systems.ts";
import { MODEL_NAMES } from "#demo/model/model.ts";
import type { FleetPlan } from "#demo/plan/plan.ts";
import { fleetStartMs } from "#demo/plan/rollout.ts";
import { appendPast, fleetActs, scannerActs } from "#demo/seed/audit-rows.ts";
import { changeRows } from "#demo/seed/change-rows.ts";
import { contentRows } from "#demo/seed/contents.ts";
import { type Copying, copyInto, linesOf } from "#demo/seed/copy-in.ts";
import { fingerprintOf } from "#demo/seed/facts-at.ts";
import { closureRows, peopleRows, placeRows, releaseRows } from "#demo/seed/fleet-rows.ts";
import { type SeededReleases, seededReleases } from "#demo/seed/known-releases.ts";
import * as rows from "#demo/seed/scanner-rows.ts";
import type { Shared, Told, ToldTable } from "#demo/seed/tell-scanners.ts";
import { type Teller, tellHere } from "#demo/seed/tellers.ts";

export type Writing = {
  plan: FleetPlan;
  secret: Uint8Array;
  /** What came out of the ceremony of this installation. */
  signed: Signed;
  /** Told after every few scanners how many are done. */
  progress: (done: number) => void;
  /** Who works the scanners' histories out; left out: this thread. */
  teller?: Teller;
};

/** Tables in the order of their foreign keys. */
type Tables = Record<string, rows.Row[]>;

/**
 * Writes the whole fleet in one transaction, as the owner of the database: an interrupted one leaves nothing. Needs a database that
 * is migrated and empty.
 */
export async function writeFleet(ownerUrl: string, writing: Writing): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: "fiducial-example" });
  await client.connect();
  try {
    await client.query("begin");
    await write(client, writing);
    await client.query("commit");
    // Without it the first pages are planned as if the tables were empty.
    await client.query("analyze");
  } finally {
    await client.end();
  }
}

async function write(
  client: pg.Client,
  { plan, secret, signed, progress, teller = tellHere }: Writing,
): Promise<void> {
  const releases = seededReleases(plan);
  const places = placeRows(plan);
  const people = peopleRows(plan);
  const keys = plan.scanners.map((scanner) => rows.keyRow(plan, scanner, secret));
  const keyIds = keys.map(({ id }) => id);
  await copy(client, {
    Organisation: places.organisations,
    Region: places.regions,
    Site: places.sites,
    User: people.users,
    Membership: people.memberships,
    Preference: people.preferences,
    Release: releaseRows(plan, releases, signed),
    Scanner: standing(plan, releases),
    ScannerKey: keys,
    ...changeRows(plan),
  });
  const shared = await copyTold(client, progress, (take) => teller({ plan, keyIds }, take));
  const contents = contentRows(shared.flatMap((one) => one.contents));
  await copy(client, { ...contents, ...closures(plan, shared) });
  const acts = plan.scanners.flatMap((scanner, at) => scannerActs(plan, scanner, keyIds[at] ?? ""));
  await appendPast(client, [...fleetActs(plan), ...acts]);
  await client.query(`insert into "ServerWatch" ("id", "observingSince", "lastAliveAt") values (1, $1, $2)`, [
    new Date(fleetStartMs(plan.nowMs)),
    new Date(plan.nowMs),
  ]);
}

/** The rows that say which scanners there are. */
function standing(plan: FleetPlan, releases: SeededReleases): rows.Row[] {
  return plan.scanners.map((scanner) =>
    rows.scannerRow(plan, scanner, { hardwareFingerprint: fingerprintOf(scanner), releases }),
  );
}

/** Facts are written while the scanners are told, for they are most of it; a connection copies into one table at a time. */
async function copyTold(
  client: pg.Client,
  progress: (done: number) => void,
  tell: (take: (told: Told) => Promise<void>) => Promise<Shared[]>,
): Promise<Shared[]> {
  const kept = new Map<ToldTable, { columns: string[]; texts: Uint8Array[] }>();
  let facts: Copying | null = null;
  let done = 0;
  const shared = await tell(async ({ scanners, tables: { FactInterval, ...others } }) => {
    if (FactInterval !== undefined) {
      facts ??= copyInto(client, `"FactInterval"`, FactInterval.columns);
      await facts.lines(FactInterval.text);
    }
    for (const [table, { columns, text }] of Object.entries(others)) {
      const known = kept.get(table as ToldTable) ?? { columns, texts: [] };
      known.texts.push(text);
      kept.set(table as ToldTable, known);
    }
    done += scanners;
    progress(done);
  });
  await (facts as Copying | null)?.end();
  for (const [table, { columns, texts }] of kept) {
    const copying = copyInto(client, `"${table}"`, columns);
    for (const text of texts) await copying.lines(text);
    await copying.end();
  }
  return shared;
}

/** Every closure that some scanner has on its disk: the releases, and what was built on site. */
function closures(plan: FleetPlan, shared: readonly Shared[]): Tables {
  const systems = new Systems(plan.releases);
  for (const model of MODEL_NAMES)
    for (const { name } of plan.releases[model]) systems.get(model, { kind: "release", name });
  for (const { systems: refs } of shared) for (const [model, ref] of refs) systems.get(model, ref);
  const uploadedBy = plan.scanners[0]?.scannerId ?? "";
  const made = [...systems.all()].map((system) => closureRows(plan, system, uploadedBy));
  return { Closure: made.map(({ closure }) => closure), ClosurePath: made.flatMap(({ paths }) => paths) };
}

const ROWS_AT_ONCE = 2_000;

async function copy(client: pg.Client, tables: Tables): Promise<void> {
  for (const [name, of] of Object.entries(tables)) {
    if (of[0] === undefined) continue;
    const columns = rows.columnsOf(of[0]);
    const copying = copyInto(client, `"${name}"`, columns);
    for (let from = 0; from < of.length; from += ROWS_AT_ONCE) {
      const { text } = linesOf(columns, rows.cellsOf(of.slice(from, from + ROWS_AT_ONCE)));
      await copying.lines(text);
    }
    await copying.end();
  }
}
