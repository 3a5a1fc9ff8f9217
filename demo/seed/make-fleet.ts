import pg from "pg";
import { holdCeremony } from "#demo/ceremony/hold-ceremony.ts";
import type { FleetFile } from "#demo/plan/fleet-file.ts";
import { planFleet } from "#demo/plan/plan.ts";
import { begin, finish, lookAt } from "#demo/seed/seed-folder.ts";
import type { Teller } from "#demo/seed/tellers.ts";
import { writeFleet } from "#demo/seed/write-fleet.ts";
import { APP_ROLE } from "#server/database/app-role.ts";
import { OWNER } from "#server/database/postgres-folder.ts";
import { startDatabase } from "#server/database/start.ts";
import type { ServerEnv } from "#server/env.ts";
import type { Log } from "#server/log.ts";
import { StartError } from "#server/start-error.ts";

export type FleetOptions = { seed: string; scanners: number; nowMs: number };
type Settings = Pick<ServerEnv, "dataFolder" | "databaseUrl" | "appDatabaseUrl" | "postgres">;

export type Making = {
  env: Settings;
  log: Log;
  /** A line for the person who waits. */
  say: (line: string) => void;
  /** Who works the scanners' histories out; left out: this thread. */
  teller?: Teller;
};

/**
 * Makes the example fleet in a data folder, once. What was interrupted is begun again; what is there stays as it is.
 * @throws StartError when the folder holds an installation of somebody, or the database is one that others use
 */
export async function makeFleet(options: FleetOptions, making: Making): Promise<FleetFile> {
  const { dataFolder, databaseUrl } = making.env;
  if (databaseUrl !== null)
    throw new StartError(
      "wrong-setting",
      "The example fleet has a database of its own: unset DATABASE_URL, or start with --empty.",
    );
  const folder = await lookAt(dataFolder);
  if (folder.kind === "made") return kept(folder.file, options, making);
  if (folder.kind === "foreign")
    throw new StartError(
      "data-folder",
      `The folder ${dataFolder} holds an installation without an example fleet: name another folder with FIDUCIAL_DATA, or start with --empty.`,
    );
  const file: FleetFile =
    folder.kind === "begun" ? folder.file : { format: "fiducial.example-fleet/1", ...options };
  await write(file, options, making);
  return file;
}

function kept(file: FleetFile, { seed, scanners }: FleetOptions, { say }: Making): FleetFile {
  if (file.seed !== seed || file.scanners !== scanners)
    say(
      `The example fleet of ${count(file.scanners)} scanners (seed ${file.seed}) is kept; npm run reset-demo forgets it, and the next start makes another.`,
    );
  return file;
}

async function write(
  begun: FleetFile,
  options: FleetOptions,
  { env, log, say, teller }: Making,
): Promise<void> {
  const startedMs = performance.now();
  const started = await startDatabase(env, log);
  try {
    const ownerUrl = ownerOf(started.appUrl);
    if (await isTaken(ownerUrl)) return await finish(env.dataFolder);
    const file: FleetFile = { ...begun, ...options };
    say(`Making the example fleet: ${count(file.scanners)} scanners …`);
    const secret = await begin(env.dataFolder, file);
    const plan = planFleet(file);
    const progress = sayQuarters(file.scanners, startedMs, say);
    const signed = await holdCeremony(env.dataFolder, plan, Date.now());
    await writeFleet(ownerUrl, {
      plan,
      secret,
      signed,
      progress,
      ...(teller === undefined ? {} : { teller }),
    });
    await wake(ownerUrl, file.nowMs);
    await finish(env.dataFolder);
    say(`Made the example fleet: ${count(file.scanners)} scanners in ${seconds(startedMs)} s.`);
  } finally {
    await started.stop();
  }
}

/** However recent: who was heard this short before the plan's now is heard still. */
const HEARD_MS = 60_000;

/** The scanners lived on while their past was being written; whoever starts the server now has missed nothing. */
async function wake(ownerUrl: string, plannedMs: number): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const nowMs = Date.now();
    const byMs = Math.max(0, nowMs - plannedMs);
    await client.query(
      `update "ScannerLink" set "lastSeenAt" = "lastSeenAt" + make_interval(secs => $1::double precision / 1000) where "lastSeenAt" > $2`,
      [byMs, new Date(plannedMs - HEARD_MS)],
    );
    await client.query(`update "ServerWatch" set "lastAliveAt" = $1`, [new Date(nowMs)]);
  } finally {
    await client.end();
  }
}

/** The database in a data folder lets in whoever may enter the folder of its socket. */
function ownerOf(appUrl: string): string {
  const url = new URL(appUrl);
  if (url.username !== APP_ROLE) throw new Error("the database was not started in the data folder");
  url.username = OWNER;
  return url.toString();
}

/** One transaction writes all of it, so one row means that all is there. */
async function isTaken(ownerUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query(`select from "Organisation" limit 1`);
    return rowCount !== 0;
  } finally {
    await client.end();
  }
}

function sayQuarters(scanners: number, startedMs: number, say: (line: string) => void) {
  let told = 0;
  return (done: number) => {
    const quarter = Math.floor((done / scanners) * 4);
    if (quarter <= told || quarter === 4) return;
    told = quarter;
    say(`Making the example fleet: ${count(done)} of ${count(scanners)} scanners … ${seconds(startedMs)} s`);
  };
}

function seconds(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1000).toFixed(0);
}

function count(scanners: number): string {
  return scanners.toLocaleString("en");
}
