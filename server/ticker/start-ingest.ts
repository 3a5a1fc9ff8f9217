import { observingSinceAtStart } from "#core/headline/observation.ts";
import type { Nudge } from "#server/act.ts";
import type { KnownKeys } from "#server/agent-api/known-keys.ts";
import type { Ingest } from "#server/agent-api/messages.ts";
import { openKeys } from "#server/agent-api/open-keys.ts";
import { catchUp } from "#server/ask/index-terms.ts";
import type { Database } from "#server/database/connect.ts";
import { ensureReportPartitions } from "#server/database/partitions.ts";
import type { Log } from "#server/log.ts";
import { storeClosureUpload } from "#server/report/closure-ingest.ts";
import { ingestHeartbeat } from "#server/report/heartbeat-service.ts";
import { openLinks } from "#server/report/open-links.ts";
import type { ReportDeps, Watch } from "#server/report/report-deps.ts";
import { ingestReport } from "#server/report/report-service.ts";
import { createAgenda } from "#server/ticker/agenda.ts";
import { steadyClock } from "#server/ticker/steady-clock.ts";
import {
  keepAttention,
  leaveOfflineLinks,
  pullBackLinks,
  readAttention,
  scannersWithState,
} from "#server/ticker/store.ts";
import { createTicker } from "#server/ticker/ticker.ts";

export type IngestDeps = {
  database: Pick<Database, "withScope" | "prisma">;
  nudge: Nudge;
  log: Log;
  /** Version of the newest instruction metadata of a scanner; missing: nothing is ever asked of one. */
  directorVersion?: (scannerId: string) => number;
  /** Milliseconds since the epoch, and a clock that is never set; given by tests. */
  wall?: () => number;
  monotonic?: () => number;
};

export type RunningIngest = {
  /** Where the agent API delivers verified messages. */
  ingest: Ingest;
  keys: KnownKeys;
  watch: Watch;
  /** A person changed this scanner's record: what is remembered of its key holds no more, and it is looked at with the next round. */
  renew: (scannerId: string) => void;
  /** One round of the ticker, now; runs by itself every second. Rejects while the database is away. */
  tick: () => Promise<void>;
  /** Ends the rounds and writes what is still in memory. */
  stop: () => Promise<void>;
};

const ROUND_MS = 1_000;
/** While the database is away this is said once a minute, not once a second. */
const COMPLAIN_MS = 60_000;

/** Everything behind the agent API that lives as long as the server. The database must be migrated and reachable. */
export async function startIngest(deps: IngestDeps): Promise<RunningIngest> {
  const { database, nudge, log } = deps;
  const clock = steadyClock(deps.wall ?? Date.now, deps.monotonic ?? (() => performance.now()));
  const links = openLinks(database.withScope, clock.nowMs);
  const agenda = createAgenda();
  const keys = openKeys(database.withScope, clock.nowMs);
  const attention = await wakeUp(database, clock.nowMs(), agenda.soon);
  const ticker = createTicker({ database, clock, links, agenda, keys, nudge, log }, attention);
  const watch: Watch = { nowMs: clock.nowMs, observingSinceMs: ticker.observingSinceMs };
  const report: ReportDeps = {
    withScope: database.withScope,
    links,
    watch,
    agenda,
    nudge,
    log,
    forgetKey: keys.forget,
    directorVersion: deps.directorVersion ?? (() => 0),
  };
  const rounds = repeat(ticker.tick, log);
  const indexing = catchUp(database.withScope, log);
  return {
    ingest: {
      report: (message) => ingestReport(report, message),
      heartbeat: (message) => ingestHeartbeat(report, message),
      closure: (message) => storeClosureUpload(report, message),
    },
    keys,
    watch,
    renew: (scannerId) => {
      keys.forget(scannerId);
      agenda.soon(scannerId);
    },
    tick: rounds.now,
    stop: async () => {
      await indexing.stop();
      await rounds.stop();
      await links.flush();
    },
  };
}

async function wakeUp(database: IngestDeps["database"], nowMs: number, soon: (scannerId: string) => void) {
  await ensureReportPartitions(database);
  return await database.withScope({ all: true }, async (tx) => {
    const kept = await readAttention(tx);
    const attention = { observingSinceMs: observingSinceAtStart(kept, nowMs), lastAliveMs: nowMs };
    if (kept !== null && attention.observingSinceMs !== kept.observingSinceMs)
      await leaveOfflineLinks(tx, kept);
    // After what was silent is held: its stamps are told by the clock from before.
    if (kept !== null && kept.lastAliveMs > nowMs) await pullBackLinks(tx, nowMs);
    // In the same transaction: what was held of the time before is held once.
    await keepAttention(tx, attention);
    for (const scannerId of await scannersWithState(tx)) soon(scannerId);
    return attention;
  });
}

/** Runs the round again and again, one at a time; a failing round is logged and tried again. */
function repeat(
  round: () => Promise<void>,
  log: Log,
): { now: () => Promise<void>; stop: () => Promise<void> } {
  let stopped = false;
  let complainedMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout;
  let running: Promise<void> = Promise.resolve();
  const now = (): Promise<void> => {
    const mine = running.then(round);
    // Whoever asked for this round hears of its failure; the next one only waits for its end.
    running = mine.catch(() => undefined);
    return mine;
  };
  const next = (): void => {
    timer = setTimeout(() => {
      void once().finally(() => {
        if (!stopped) next();
      });
    }, ROUND_MS);
    timer.unref();
  };
  const once = async (): Promise<void> => {
    try {
      await now();
    } catch (error) {
      if (performance.now() - complainedMs < COMPLAIN_MS) return;
      complainedMs = performance.now();
      log.warn("ticker.round-failed", { error });
    }
  };
  next();
  return {
    now,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
