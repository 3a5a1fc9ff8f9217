import { stringify } from "csv-stringify";
import { rankOf } from "#core/fleet/rank.ts";
import type { Expectation } from "#core/manifest/item.ts";
import { render } from "#core/message/render.ts";
import type { Locale } from "#core/message/text.ts";
import { guardCell } from "#core/sheet/guard.ts";
import type { FleetRow } from "#server/scanner/view.ts";
import { CSV_FORM } from "#server/sheet/text.ts";

/** Columns of the exported fleet. Names and codes are the same in every language; only the sentence is in the reader's. */
type Cell = string | number | null;

const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));
const localOrNull = (ms: number | null, zone: string) => (ms === null ? null : siteLocal(ms, zone));

const COLUMNS = {
  serial: (row) => row.serial,
  alias: (row) => row.alias,
  headline: (row) => row.headline.word,
  headline_variant: (row) => row.headline.variant,
  headline_rank: (row) => rankOf(row.headline),
  reason_code: (row) => row.headline.reason.code,
  reason: (row, locale) => render({ locale, time: iso }, "reason", row.headline.reason),
  headline_since_utc: (row) => iso(row.headlineSinceMs),
  headline_since_site_local: (row) => siteLocal(row.headlineSinceMs, row.timeZone),
  safety: (row) => row.axes.safety,
  function: (row) => row.axes.function,
  software: (row) => row.axes.software,
  currency: (row) => row.axes.currency,
  change: (row) => row.axes.change,
  link: (row) => row.axes.link,
  service: (row) => row.service,
  region: (row) => row.regionName,
  site: (row) => row.siteName,
  room: (row) => row.room,
  time_zone: (row) => row.timeZone,
  model: (row) => row.model,
  hardware_revision: (row) => row.hardwareRevision,
  tags: (row) => row.tags.join(" "),
  running_release: (row) => row.running.releaseName,
  running_toplevel: (row) => row.running.toplevel,
  pinned_release: (row) => row.pinned?.releaseName ?? null,
  open_findings: (row) => (row.firstFinding === null ? 0 : 1 + row.moreFindings),
  first_finding_item: (row) => row.firstFinding?.itemId ?? null,
  first_finding_actual: (row) => textOrNull(row.firstFinding?.actual),
  first_finding_expected: (row) => (row.firstFinding === null ? null : wanted(row.firstFinding.expected)),
  last_report_utc: (row) => isoOrNull(row.lastSeenMs),
  last_report_site_local: (row) => localOrNull(row.lastSeenMs, row.timeZone),
  facts_read_utc: (row) => isoOrNull(row.asOfMs),
  origin: (row) => row.origin,
  scanner_id: (row) => row.scannerId,
} as const satisfies Record<string, (row: FleetRow, locale: Locale) => Cell>;

export const CSV_COLUMNS = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

function textOrNull(value: string | number | boolean | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function wanted(expect: Expectation): string {
  switch (expect.op) {
    case "eq":
      return String(expect.want);
    case "oneOf":
      return expect.want.join(" | ");
    case "range":
      return `${expect.want.min ?? ""}..${expect.want.max ?? ""}`;
    case "maxAge":
      return `at most ${expect.want} ms old`;
    case "present":
      return expect.want ? "present" : "absent";
  }
}

export function csvRecord(row: FleetRow, locale: Locale): Cell[] {
  return CSV_COLUMNS.map((column) => guarded(COLUMNS[column](row, locale)));
}

export type Trailer = { rows: number; query: string; asOfMs: number; build: string };

/**
 * The last record says what the file is. It stands at the end, so that a file which was cut off lacks it; it is as long as every
 * other record (RFC 4180).
 */
export function csvTrailer({ rows, query, asOfMs, build }: Trailer): Cell[] {
  const said = [
    `# ${rows} rows`,
    `filter: ${query === "" ? "none" : query}`,
    `as of ${iso(asOfMs)}`,
    `Fiducial ${build}`,
  ];
  return CSV_COLUMNS.map((_, place) => guarded(said[place] ?? null));
}

/** Serials, aliases and values come from machines and people, and a spreadsheet would run some of them. */
function guarded(cell: Cell): Cell {
  return typeof cell === "string" ? guardCell(cell) : cell;
}

export function csvWriter() {
  return stringify(CSV_FORM);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** ISO 8601 with the offset that the site's zone had at that moment. */
export function siteLocal(ms: number, timeZone: string): string {
  const part: Record<string, string> = {};
  for (const { type, value } of clockOf(timeZone).formatToParts(ms)) part[type] = value;
  const { year = "", month = "", day = "", hour = "", minute = "", second = "" } = part;
  const offset = (part.timeZoneName ?? "").replace("GMT", "") || "+00:00";
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`;
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const digits = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    ...digits,
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "longOffset",
  });
  clocks.set(timeZone, made);
  return made;
}
