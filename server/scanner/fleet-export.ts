import { readFleetQuery, writeFleetQuery } from "#core/fleet/filter.ts";
import { readOrder } from "#core/fleet/order.ts";
import type { Locale } from "#core/message/text.ts";
import { type ActPorts, runAct, type Tx } from "#server/act.ts";
import { queryOf } from "#server/scanner/fleet.ts";
import { csvRecord, csvTrailer } from "#server/scanner/fleet-csv.ts";
import { fleetOrder } from "#server/scanner/fleet-store.ts";
import { fleetRows } from "#server/scanner/rows.ts";
import { localeOf } from "#server/session/service.ts";

export type ExportAsk = {
  query: string;
  /** Only these of what the query matches; null: all of it. */
  ids: readonly string[] | null;
};
export type Exporter = { userId: string; nowMs: number; build: string };
export type FleetExport = { ids: readonly string[]; records: () => AsyncGenerator<readonly unknown[]> };

/** Rows of one look at the database; what a slow reader holds back is at most one of these. */
const CHUNK = 200;

/**
 * Decides which scanners the file is about and writes that into the audit log; only then is there anything to read. The file
 * is judged at one moment, by the same function as the table.
 */
export async function exportFleet(ports: ActPorts, who: Exporter, ask: ExportAsk): Promise<FleetExport> {
  const { userId, nowMs, build } = who;
  const query = writeFleetQuery(readFleetQuery(ask.query));
  const opened = await runAct(ports, { actor: userId, nowMs }, async (act) => {
    const { now, filter } = await queryOf(act.tx, query, nowMs);
    const matching = readOrder((await fleetOrder(act.tx, { now, filter })).ids);
    const wanted = ask.ids === null ? null : new Set(ask.ids);
    const ids = wanted === null ? matching : matching.filter((id) => wanted.has(id));
    const body = { query, rows: ids.length, selected: wanted !== null };
    await act.audit({ siteId: null, action: "fleet.exported", body });
    return { ids, now, locale: await localeOf(act.tx, userId) };
  });
  const { ids, now, locale } = opened;
  const read = (tx: Tx, from: number) => fleetRows(tx, ids.slice(from, from + CHUNK), now);
  return {
    ids,
    records: () =>
      recordsOf(
        (from) => ports.transaction((tx) => read(tx, from)),
        { ids, locale },
        (rows) => csvTrailer({ rows, query, asOfMs: nowMs, build }),
      ),
  };
}

type Read = (from: number) => ReturnType<typeof fleetRows>;

async function* recordsOf(
  read: Read,
  { ids, locale }: { ids: readonly string[]; locale: Locale },
  trailer: (rows: number) => readonly unknown[],
): AsyncGenerator<readonly unknown[]> {
  let rows = 0;
  for (let from = 0; from < ids.length; from += CHUNK) {
    for (const row of await read(from)) {
      rows += 1;
      yield csvRecord(row, locale);
    }
  }
  yield trailer(rows);
}
