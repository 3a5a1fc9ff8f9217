import type { SiteId } from "#core/identity/identity.ts";
import type { Prisma, PrismaClient } from "#prisma/generated/client.ts";

/** The tables inside one transaction; a store takes nothing else. */
export type Tx = Prisma.TransactionClient;

/** The sites a transaction acts for. Row-level security shows it no row of another one. */
type DatabaseScope = { all: true } | { siteIds: readonly SiteId[] };

/**
 * `work` runs in one transaction and again from its start when PostgreSQL asks for a repetition (serialization failure,
 * deadlock), so it must have no effect outside `tx`.
 */
export type WithScope = <T>(scope: DatabaseScope, work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Repetitions of a transaction that lost against another one (V-04). */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 10;

/** Serialization failure and deadlock, as PostgreSQL and as Prisma name them. */
const LOST_AGAINST_ANOTHER = new Set(["40001", "40P01", "P2034"]);

export function scopedBy(prisma: PrismaClient): WithScope {
  return async (scope, work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await prisma.$transaction(async (tx) => {
          await declareScope(tx, scope);
          return await work(tx);
        });
      } catch (error) {
        if (attempt === ATTEMPTS || !codesOf(error).some((code) => LOST_AGAINST_ANOTHER.has(code)))
          throw error;
        await pause(Math.random() * FIRST_WAIT_MS * 2 ** attempt);
      }
    }
  };
}

/** Local to the transaction: the pooled connection forgets it at commit and at rollback. */
async function declareScope(tx: Tx, scope: DatabaseScope): Promise<void> {
  const all = "all" in scope ? "on" : "off";
  const sites = "all" in scope ? "" : scope.siteIds.join(",");
  await tx.$executeRaw`select set_config('fid.all', ${all}, true), set_config('fid.sites', ${sites}, true)`;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Every code along an error's causes. Prisma wraps the driver's error, which wraps PostgreSQL's: which of them carries the state
 * depends on whether a model or raw SQL was used.
 */
export function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  const waiting: unknown[] = [error];
  for (let looked = 0; waiting.length > 0 && looked < 20; looked += 1) {
    const one = waiting.shift();
    if (typeof one !== "object" || one === null) continue;
    const { code, originalCode, kind, cause, meta, driverAdapterError } = one as Record<string, unknown>;
    codes.push(...[code, originalCode, kind].filter((text) => typeof text === "string"));
    waiting.push(cause, meta, driverAdapterError);
  }
  return codes;
}

/** The database cannot be reached, is starting or stopping, has no connection left or no room (V-02, V-03, V-19). */
const AWAY = new Set([
  ...["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"],
  ...["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT"],
  ...["57P01", "57P02", "57P03", "53300", "53100", "08006", "08003", "08001"],
  ...["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout", "TooManyConnections"],
]);
const AWAY_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Server has closed the connection/i;

/** Whether to answer 503 and let the client come back, instead of calling it a bug. */
export function isDatabaseAway(error: unknown): boolean {
  return (
    codesOf(error).some((code) => AWAY.has(code)) ||
    (error instanceof Error && AWAY_MESSAGES.test(error.message))
  );
}
