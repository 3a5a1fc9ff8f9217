import type { FleetFilter } from "#core/fleet/filter.ts";
import { spanMs } from "#core/fleet/span.ts";
import { HEADLINES } from "#core/headline/axes.ts";
import type { FleetRow } from "#server/scanner/view.ts";

/** What a filter means, said again without SQL: over rows as the table shows them and what they leave out. */
export type NaiveRow = { row: FleetRow; hostname: string; regionId: string; items: readonly string[] };

export function naiveMatch(filter: FleetFilter, one: NaiveRow, nowMs: number): boolean {
  const { row } = one;
  const words: readonly string[] = [
    row.headline.word,
    ...(row.headline.variant === "tripped" ? ["tripped"] : []),
  ];
  if (filter.headline.length === 0 && row.headline.word === "retired") return false;
  const silentMs = row.lastSeenMs === null ? Number.POSITIVE_INFINITY : nowMs - row.lastSeenMs;
  const within = (span: string) => silentMs <= (spanMs(span) ?? 0);
  const has = {
    headline: (value: string) => words.includes(value),
    search: (value: string) =>
      [row.serial, row.alias, row.siteName, row.model, one.hostname, row.room].some((text) =>
        text?.toLowerCase().includes(value.toLowerCase()),
      ),
    site: (value: string) => row.siteId === value,
    region: (value: string) => one.regionId === value,
    model: (value: string) => (row.model ?? "") === value,
    tag: (value: string) => (value === "" ? row.tags.length === 0 : row.tags.includes(value)),
    service: (value: string) => row.service === value,
    running: (value: string) => (row.running.releaseName ?? "") === value,
    pinned: (value: string) => (row.pinned?.releaseName ?? "") === value,
    pin: (value: string) => pinOf(row) === value,
    safety: (value: string) => row.axes.safety === value,
    link: (value: string) => row.axes.link === value,
    software: (value: string) => row.axes.software === value,
    change: (value: string) => row.axes.change === value,
    "seen-before": (value: string) => !within(value),
    "seen-within": within,
    item: (value: string) => one.items.includes(value),
    origin: (value: string) => row.origin === value,
  };
  return Object.entries(has).every(([field, holds]) => {
    const values: readonly string[] = filter[field as keyof typeof has];
    return values.length === 0 || values.some(holds);
  });
}

function pinOf(row: FleetRow): string {
  if (row.pinned === null) return "none";
  return row.axes.currency === "current" ? "on" : "off";
}

/** By the words of the table's heads: a number that may not fall from one row to the next. */
export const NAIVE_KEYS = {
  severity: (row: FleetRow) =>
    HEADLINES.indexOf(row.headline.word) * 2 + (row.headline.variant === "tripped" ? 1 : 0),
  since: (row: FleetRow) => -row.headlineSinceMs,
  report: (row: FleetRow) => (row.lastSeenMs === null ? null : -row.lastSeenMs),
} as const;
