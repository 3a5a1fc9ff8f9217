import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openClient } from "#server/database/client.ts";
import {
  asOrdinaryUser,
  existingMajor,
  initialise,
  makeFolder,
  OWNER,
  socketFolder,
} from "#server/database/postgres-folder.ts";
import { findPostgres, type PostgresPrograms } from "#server/database/postgres-programs.ts";
import { isAlive, isPostmaster, postmasterPid, removeStaleLocks } from "#server/database/postmaster.ts";
import type { PostgresChoice } from "#server/env.ts";
import { StartError } from "#server/start-error.ts";

const DATABASE = "fiducial";
/** Recovery after a power cut may replay up to max_wal_size. */
const READY_WITHIN_MS = 60_000;
/** Fast shutdown ends transactions and writes a checkpoint; after this the process is left to its recovery. */
const STOPPED_WITHIN_MS = 30_000;
export type PostgresServer = {
  /** Connection string for a role; the folder of the socket (mode 0700) is the only key. */
  url(role: string, database?: string): string;
  /** For people: version and origin. */
  description: string;
  /** Found running, for instance after the process that started it was killed. */
  reused: boolean;
  /** Process id of the postmaster. */
  pid: number;
  /** Whether that postmaster still lives. */
  alive(): boolean;
  /** Fast shutdown, unless another Fiducial process still works on it. */
  stop(): Promise<void>;
};

/**
 * Starts PostgreSQL in `<dataFolder>/pg<major>`, or finds it running there. It listens on a unix socket only. It runs in a session of its
 * own, so that Ctrl-C reaches the server and not the database under it, and it outlives a killed parent without losing data.
 * @throws StartError with the server's own words when it does not come up
 */
export async function startPostgres(dataFolder: string, choice: PostgresChoice): Promise<PostgresServer> {
  makeFolder(dataFolder);
  // One spelling of the path, so that a server started through a link is recognised.
  const folder = realpathSync(dataFolder);
  const existing = existingMajor(folder);
  const programs = findPostgres(choice, existing);
  const data = join(folder, `pg${programs.major}`);
  const socket = socketFolder(data);
  const wrap = asOrdinaryUser();
  if (existing === null) initialise(programs, data, wrap);
  const log = join(folder, "postgres.log");
  const found = await runningPid(data, socket);
  const pid = found ?? (await launch({ programs, data, socket, wrap, log }));
  await ensureDatabase(socket);
  const url = urlFor(socket);
  return {
    url,
    description: `PostgreSQL ${programs.major} (${programs.origin === "npm" ? "from npm" : programs.postgres})`,
    reused: found !== null,
    pid,
    alive: () => isPostmaster(pid, data),
    stop: () => stop(pid, data, url(OWNER)),
  };
}

function urlFor(socket: string) {
  return (role: string, database: string = DATABASE) =>
    `postgresql://${role}@localhost/${database}?host=${encodeURIComponent(socket)}`;
}

type Launch = {
  programs: PostgresPrograms;
  data: string;
  socket: string;
  wrap: readonly string[];
  log: string;
};

async function launch({ programs, data, socket, wrap, log }: Launch): Promise<number> {
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${socket}`,
    "unix_socket_permissions=0700",
    "port=5432",
    "shared_buffers=64MB",
    "max_connections=200",
    "min_wal_size=32MB",
    "max_wal_size=256MB",
    // Start, stop and crashes; not every refused statement with its values.
    "log_min_messages=log",
    "log_min_error_statement=panic",
  ];
  const [program = programs.postgres, ...rest] = [...wrap, programs.postgres];
  removeStaleLocks(data, socket);
  const output = openSync(log, "w", 0o600);
  const child = spawn(program, [...rest, "-D", data, ...settings.flatMap((one) => ["-c", one])], {
    stdio: ["ignore", output, output],
    detached: true,
  });
  closeSync(output);
  child.unref();
  return await untilReady(child, data, socket, log);
}

async function untilReady(child: ChildProcess, data: string, socket: string, log: string): Promise<number> {
  let failed: Error | null = null;
  child.once("error", (error) => {
    failed = error;
  });
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    const pid = await runningPid(data, socket);
    // Not necessarily our child: of two that start at once one wins, and both may use it.
    if (pid !== null) return pid;
    const ended = failed !== null || child.exitCode !== null || child.signalCode !== null;
    if (ended && postmasterPid(data) === null) break;
    await pause(25);
  }
  child.kill("SIGINT");
  throw new StartError("postgres-failed", `PostgreSQL did not start: ${lastWords(log)}`, failed ?? undefined);
}

/** The end of the server's log without its time stamps. */
function lastWords(log: string): string {
  const lines = readFileSync(log, "utf8").trim().split("\n").slice(-4);
  return lines.map((line) => line.replace(/^[\d-]+ [\d:.]+ \w+ \[\d+\] /, "")).join(" ") || `see ${log}`;
}

/** The postmaster of this data folder, if it lives and answers. */
async function runningPid(data: string, socket: string): Promise<number | null> {
  const pid = postmasterPid(data);
  if (pid === null) return null;
  const client = openClient({
    connectionString: urlFor(socket)(OWNER, "postgres"),
    connectionTimeoutMillis: 2_000,
  });
  try {
    await client.connect();
    return pid;
  } catch (error) {
    if (NOT_THERE.has(String((error as { code?: unknown }).code)) || /timeout/.test(reasonOf(error)))
      return null;
    throw error;
  } finally {
    await client.end();
  }
}

/** No socket, nobody behind it, starting up, shutting down. */
const NOT_THERE = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET", "57P03"]);

async function ensureDatabase(socket: string): Promise<void> {
  const client = openClient({ connectionString: urlFor(socket)(OWNER, "postgres") });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } catch (error) {
    // 42P04, 23505: another process made it in between.
    if (!["42P04", "23505"].includes(String((error as { code?: unknown }).code))) throw error;
  } finally {
    await client.end();
  }
}

async function stop(pid: number, data: string, ownerUrl: string): Promise<void> {
  if (postmasterPid(data) !== pid || (await othersAtWork(ownerUrl))) return;
  process.kill(pid, "SIGINT");
  const deadline = performance.now() + STOPPED_WITHIN_MS;
  while (isPostmaster(pid, data) && performance.now() < deadline) await pause(20);
}

/** Two servers may share a data folder for a moment, when one takes over from the other. */
async function othersAtWork(ownerUrl: string): Promise<boolean> {
  const client = openClient({ connectionString: ownerUrl, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      "select distinct application_name as name from pg_stat_activity where application_name ~ '^fiducial-[0-9]+$'",
    );
    const pids = rows.map(({ name }) => Number(name.slice("fiducial-".length)));
    return pids.some((other) => other !== process.pid && isAlive(other));
  } catch (error) {
    if (NOT_THERE.has(String((error as { code?: unknown }).code))) return false;
    throw error;
  } finally {
    await client.end();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
