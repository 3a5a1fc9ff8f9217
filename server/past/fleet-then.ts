import * as z from "zod";
import type { HeadlineWord } from "#core/headline/axes.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import { readCursor, writeCursor } from "#server/cursor.ts";
import type { Tx } from "#server/database/scoped.ts";
import { headlineThen } from "#server/past/scanner-then.ts";
import * as store from "#server/past/store.ts";
import type { FleetThen, FleetThenRow, PastRange } from "#server/past/view.ts";
import { releasesByToplevel } from "#server/scanner/rows.ts";

export type AskFleetAt = {
  atMs: number;
  headline?: readonly HeadlineWord[] | undefined;
  siteId?: string | undefined;
  search?: string | undefined;
  limit: number;
  cursor?: string | undefined;
};

/** EXP-6: the whole fleet at a moment, most severe first; retired scanners as they stood then. */
export async function fleetAt(tx: Tx, ask: AskFleetAt): Promise<FleetThen> {
  const about = { at: new Date(ask.atMs), siteId: ask.siteId ?? null, search: ask.search?.trim() || null };
  const counted = await store.countsAt(tx, about);
  const running = await store.runningAt(tx, about);
  const keys = await store.keysAt(tx, about, {
    after: ask.cursor === undefined ? null : readKey(ask.cursor),
    limit: ask.limit + 1,
    headlines: ask.headline === undefined || ask.headline.length === 0 ? null : ask.headline,
  });
  const page = keys.slice(0, ask.limit);
  const last = keys.length > ask.limit ? page.at(-1) : undefined;
  const rows = await store.rowsAt(
    tx,
    page.map(({ id }) => id),
    about.at,
  );
  const toplevels = [...running, ...rows].flatMap(({ toplevel }) => toplevel ?? []);
  const names = await releasesByToplevel(tx, [...new Set(toplevels)]);
  const nameOf = (toplevel: string | null) => (toplevel === null ? null : (names.get(toplevel) ?? null));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return {
    atMs: ask.atMs,
    ...countsOf(counted),
    releases: running.map((one) => ({ ...one, releaseName: nameOf(one.toplevel) })),
    rows: page.flatMap(({ id }) => {
      const row = byId.get(id);
      return row === undefined ? [] : [rowOf(row, nameOf)];
    }),
    nextCursor: last === undefined ? null : writeCursor([last.rank, last.serial, last.id]),
  };
}

function countsOf(rows: readonly store.CountThen[]): Pick<FleetThen, "counts" | "notKnown" | "total"> {
  const counts: FleetThen["counts"] = {};
  const add = (mark: keyof typeof counts, count: number) => {
    counts[mark] = (counts[mark] ?? 0) + count;
  };
  let notKnown = 0;
  for (const { headline, variant, count } of rows) {
    if (headline === null) notKnown += count;
    else add(headline, count);
    if (variant === "tripped" || variant === "overdue") add(variant, count);
  }
  return { counts, notKnown, total: rows.reduce((sum, { count }) => sum + count, 0) };
}

type Row = Awaited<ReturnType<typeof store.rowsAt>>[number];

function rowOf(row: Row, nameOf: (toplevel: string | null) => string | null): FleetThenRow {
  const { headline, variant = null, reason, openedAt, closedAt = null } = row;
  const { serial, alias, model, siteName, timeZone, toplevel } = row;
  return {
    ...{
      scannerId: row.id as ScannerId,
      siteId: row.siteId as SiteId,
      serial,
      alias,
      model,
      siteName,
      timeZone,
      toplevel,
    },
    headline:
      headline == null || openedAt == null
        ? null
        : headlineThen({ headline, variant, reason, openedAt, closedAt }),
    releaseName: nameOf(toplevel),
  };
}

const key = z.tuple([z.int(), z.string().max(64), z.uuid()]);

function readKey(cursor: string): store.ThenKey {
  const [rank, serial, id] = readCursor(key, cursor);
  return { rank, serial, id };
}

export async function pastRange(tx: Tx, nowMs: number): Promise<PastRange> {
  const from = await store.earliest(tx);
  return from === null ? null : { fromMs: Math.min(from.getTime(), nowMs), toMs: nowMs };
}
