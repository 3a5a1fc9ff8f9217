import * as z from "zod";
import type { AskKind } from "#core/ask/kinds.ts";
import { narrowed, selectionOf } from "#server/ask/selection.ts";
import { scannersWithNumber, understood } from "#server/ask/service.ts";
import * as store from "#server/ask/store.ts";
import type { AskedScanners, Found, When } from "#server/ask/view.ts";
import { readCursor, writeCursor } from "#server/cursor.ts";
import type { Tx } from "#server/database/scoped.ts";
import { fleetRows } from "#server/scanner/rows.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";

export type AskScanners = {
  text: string;
  when: When;
  kind: AskKind;
  name: string;
  /** One group's value; null: all that pass. */
  value: string | null;
  /** The number's scanners instead of the texts'. */
  numbers: boolean;
  limit: number;
  cursor?: string | undefined;
};

/** The scanners of one group or of a whole section, by serial, as the fleet table shows them. */
export async function askScanners(tx: Tx, ask: AskScanners, nowMs: number): Promise<AskedScanners> {
  const selection = await selected(tx, ask);
  const after = ask.cursor === undefined ? null : readPlace(ask.cursor);
  const found = await store.scannersOf(tx, selection, { when: ask.when, after, limit: ask.limit + 1 });
  const page = found.slice(0, ask.limit);
  const last = found.length > ask.limit ? page.at(-1) : undefined;
  return {
    rows: await fleetRows(
      tx,
      page.map(({ id }) => id),
      { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) },
    ),
    total: await store.countOf(tx, selection, ask.when),
    nextCursor: last === undefined ? null : writeCursor([last.serial, last.id]),
    asOfMs: nowMs,
  };
}

async function selected(tx: Tx, ask: AskScanners): Promise<store.Selection> {
  const { test } = understood(ask.text);
  if (ask.numbers) return { from: "scanners", ids: await scannersWithNumber(tx, ask.name, test) };
  const selection = await selectionOf(tx, ask);
  if (test === null && ask.value === null) return selection;
  const { groups } = await store.groupsOf(tx, selection, ask.when);
  return narrowed(
    selection,
    groups.map(({ value }) => value),
    { test, value: ask.value },
  );
}

const place = z.tuple([z.string().max(64), z.uuid()]);

function readPlace(cursor: string): store.Place {
  const [serial, id] = readCursor(place, cursor);
  return { serial, id };
}

const FOUND_SCANNERS = 8;
const FOUND_SITES = 4;

/** Scanners by serial, alias, host name or site, and sites by name: what one types to go somewhere. */
export async function find(tx: Tx, text: string): Promise<Found> {
  return {
    scanners: await store.searchFleet(tx, text, FOUND_SCANNERS),
    sites: await store.searchSites(tx, text, FOUND_SITES),
  };
}
