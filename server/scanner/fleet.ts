import * as z from "zod";
import { HEADLINES, type HeadlineWord } from "#core/headline/axes.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import { seeScanner } from "#server/scanner/fleet-row.ts";
import * as store from "#server/scanner/store.ts";
import type { Fleet } from "#server/scanner/view.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";

export type FleetAsk = {
  headline?: HeadlineWord[] | undefined;
  search?: string | undefined;
  siteId?: string | undefined;
  limit: number;
  cursor?: string | undefined;
};

/** One page of the fleet, most severe first. Stored headlines filter and sort; what a row shows is judged now. */
export async function listFleet(tx: Tx, ask: FleetAsk, nowMs: number): Promise<Fleet> {
  const query: store.FleetQuery = {
    headlines: ask.headline === undefined || ask.headline.length === 0 ? null : ask.headline,
    search: ask.search === undefined || ask.search.trim() === "" ? null : ask.search.trim(),
    siteId: ask.siteId ?? null,
    after: ask.cursor === undefined ? null : readCursor(ask.cursor),
    limit: ask.limit + 1,
  };
  const keys = await store.fleetKeys(tx, query);
  const page = keys.slice(0, ask.limit);
  const last = keys.length > ask.limit ? page.at(-1) : undefined;
  const counts = countsOf(await store.fleetCounts(tx, query));
  return {
    rows: await rowsOf(tx, page, nowMs),
    counts,
    total: (query.headlines ?? HEADLINES.filter((word) => word !== "retired")).reduce(
      (sum, word) => sum + counts[word],
      0,
    ),
    nextCursor: last === undefined ? null : writeCursor(last),
    asOfMs: nowMs,
    pending: await store.pendingCount(tx),
  };
}

async function rowsOf(tx: Tx, page: readonly store.FleetKey[], nowMs: number): Promise<Fleet["rows"]> {
  const scanners = await store.shownScanners(
    tx,
    page.map(({ id }) => id),
  );
  const compared = scanners.flatMap(({ state }) => state?.comparedWithId ?? []);
  const names = await store.releaseNames(tx, [...new Set(compared)]);
  const now = { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) };
  const byId = new Map(scanners.map((scanner) => [scanner.id, scanner]));
  return page.flatMap(({ id }) => {
    const scanner = byId.get(id);
    return scanner === undefined ? [] : [seeScanner(scanner, names, now).row];
  });
}

function countsOf(rows: Awaited<ReturnType<typeof store.fleetCounts>>): Fleet["counts"] {
  const counts = Object.fromEntries([...HEADLINES, "tripped"].map((word) => [word, 0])) as Fleet["counts"];
  for (const { word, tripped, count } of rows) {
    counts[word] += count;
    if (tripped) counts.tripped += count;
  }
  return counts;
}

const cursorSchema = z.tuple([z.int(), z.string().max(64), z.uuid()]);

function writeCursor({ rank, serial, id }: store.FleetKey): string {
  return Buffer.from(JSON.stringify([rank, serial, id])).toString("base64url");
}

function readCursor(cursor: string): store.FleetKey {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch (error) {
    throw new Refusal("wrong-input", { problem: "cursor" }, error);
  }
  const parsed = cursorSchema.safeParse(json);
  if (!parsed.success) throw new Refusal("wrong-input", { problem: "cursor" });
  const [rank, serial, id] = parsed.data;
  return { rank, serial, id };
}
