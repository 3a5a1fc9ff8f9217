import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "#prisma/generated/client.ts";
import { survive } from "#server/database/client.ts";
import { scopedBy, type WithScope } from "#server/database/scoped.ts";
import type { Log } from "#server/log.ts";

/** A request that waits longer than this for the database is refused, so that a frozen one fills no queue (V-03). */
const PATIENCE_MS = 5_000;
/** Longest life of a transaction; several statements may each take their patience. */
const TRANSACTION_MS = 15_000;
const CONNECTIONS = 20;

export type Database = {
  withScope: WithScope;
  /** Without a scope: for better-auth, whose tables carry no row-level security. Everything else sees no row this way. */
  prisma: PrismaClient;
  /** Throws while the database cannot answer. */
  check(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens the pool of the web process; connections are made when first needed.
 * @param appUrl signs in as fid_app
 * @param patienceMs how long a request waits for a connection, and a connection for an answer
 */
export function openDatabase(appUrl: string, log: Log, patienceMs = PATIENCE_MS): Database {
  const pool = new pg.Pool({
    connectionString: appUrl,
    max: CONNECTIONS,
    connectionTimeoutMillis: patienceMs,
    statement_timeout: patienceMs,
    query_timeout: patienceMs,
    application_name: applicationName(),
  });
  // The pool stops listening when it hands a connection out, the adapter begins a moment later; its last words may come in between.
  pool.on("connect", survive);
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    // Without these two a connection that dies while idle would end the process.
    onPoolError: (error) => log.warn("database.connection-lost", { error }),
    onConnectionError: (error) => log.warn("database.connection-lost", { error }),
  });
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: patienceMs, timeout: TRANSACTION_MS },
  });
  return {
    withScope: scopedBy(prisma),
    prisma,
    check: async () => {
      await pool.query("select 1");
    },
    close: () => prisma.$disconnect(),
  };
}

/** Shown in pg_stat_activity; tells our own connections from those of another Fiducial process on the same database. */
function applicationName(): string {
  return `fiducial-${process.pid}`;
}
