import { headlineOf } from "#core/headline/headline.ts";
import { nextChangeMs } from "#core/headline/next-change.ts";
import { type Attention, observingSinceAfter } from "#core/headline/observation.ts";
import { canonicalJson } from "#core/report/digest.ts";
import { absenceOf, isFlapping } from "#core/report/link-state.ts";
import type { KnownKeys } from "#server/agent-api/known-keys.ts";
import type { Database } from "#server/database/connect.ts";
import { dropReportPartitions, ensureReportPartitions } from "#server/database/partitions.ts";
import type { LinkBook } from "#server/report/link-book.ts";
import { RAW_REPORT_MS } from "#server/report/order.ts";
import { reconsider } from "#server/report/reconsider.ts";
import type { ReportDeps } from "#server/report/report-deps.ts";
import type { Now } from "#server/report/situation.ts";
import { dropOldReadings } from "#server/series/service.ts";
import type { DueAgenda, Outlook } from "#server/ticker/agenda.ts";
import type { SteadyClock } from "#server/ticker/steady-clock.ts";
import { keepAttention, leaveOfflineLinks, shiftLinks } from "#server/ticker/store.ts";

export type TickerDeps = Pick<ReportDeps, "nudge" | "log"> & {
  database: Pick<Database, "withScope" | "prisma">;
  clock: SteadyClock;
  links: LinkBook;
  agenda: DueAgenda;
  keys: KnownKeys;
};

const LOOKS_PER_TICK = 200;
const UPKEEP_MS = 60 * 60_000;

/** What happens although nobody says anything: silence turns headlines, batches reach the database, months of raw reports go. */
export function createTicker(deps: TickerDeps, start: Attention) {
  let attention = start;
  let upkeepMs = Number.NEGATIVE_INFINITY;

  const tick = async (): Promise<void> => {
    const movedMs = deps.clock.adopt();
    if (movedMs !== 0) attention = await moveEverything(deps, attention, movedMs);
    const nowMs = deps.clock.nowMs();
    await deps.links.flush();
    const next = observingSinceAfter(attention, nowMs);
    const anew = next.observingSinceMs !== attention.observingSinceMs;
    if (anew) deps.links.listenAnew(attention);
    await deps.database.withScope({ all: true }, async (tx) => {
      if (anew) await leaveOfflineLinks(tx, attention);
      await keepAttention(tx, next);
    });
    attention = next;
    await deps.keys.refresh(nowMs);
    await lookAtDue(deps, { nowMs, observingSinceMs: attention.observingSinceMs });
    if (nowMs - upkeepMs < UPKEEP_MS) return;
    upkeepMs = nowMs;
    await keepPartitions(deps, nowMs);
  };
  return { tick, observingSinceMs: () => attention.observingSinceMs };
}

/** Kept longer than promised by this much: the database's clock decides what is 30 days old, and it may stand behind ours. */
const RETENTION_MARGIN_MS = 24 * 60 * 60_000;

/** A month that cannot be made or dropped now is no reason to stop watching: partitions exist for months ahead. */
async function keepPartitions(deps: TickerDeps, nowMs: number): Promise<void> {
  try {
    await ensureReportPartitions(deps.database);
    await dropReportPartitions(deps.database, nowMs - RAW_REPORT_MS - RETENTION_MARGIN_MS);
    await dropOldReadings(deps.database, nowMs);
  } catch (error) {
    deps.log.error("ticker.upkeep-failed", { error });
  }
}

async function moveEverything(deps: TickerDeps, attention: Attention, byMs: number): Promise<Attention> {
  deps.log.warn("server.clock-set", { byMs });
  deps.links.shift(byMs);
  deps.agenda.restart();
  await deps.database.withScope({ all: true }, (tx) => shiftLinks(tx, byMs));
  return { observingSinceMs: attention.observingSinceMs + byMs, lastAliveMs: attention.lastAliveMs + byMs };
}

async function lookAtDue(deps: TickerDeps, now: Now): Promise<void> {
  for (const { scannerId, outlook } of deps.agenda.take(now.nowMs, LOOKS_PER_TICK)) {
    if (outlook !== null && postponed(deps, scannerId, outlook, now)) continue;
    try {
      await look(deps, scannerId, now);
    } catch (error) {
      deps.agenda.soon(scannerId);
      throw error;
    }
  }
}

/** Heard meanwhile, and the same to say: the next look needs no query. */
function postponed(deps: TickerDeps, scannerId: string, outlook: Outlook, now: Now): boolean {
  const entry = deps.links.held(scannerId);
  if (entry === null) return false;
  const { link } = entry;
  const situation = {
    ...outlook.situation,
    ...now,
    lastSeenMs: link.lastSeenMs,
    absence: absenceOf(link),
    flapping: isFlapping(link, now.nowMs),
  };
  const headline = headlineOf(situation);
  if (canonicalJson(headline) !== canonicalJson(outlook.headline)) return false;
  deps.agenda.set(scannerId, nextChangeMs(situation), { situation, headline });
  return true;
}

async function look(deps: TickerDeps, scannerId: string, now: Now): Promise<void> {
  const judged = await reconsider(deps.database.withScope, scannerId, deps.links, now);
  if (judged === null) return;
  deps.agenda.set(scannerId, judged.nextChangeMs, judged);
  if (judged.changed) deps.nudge.scanners([judged.scannerId], judged.siteId);
}
