import type { Compared } from "#core/finding/finding.ts";

/** The width of one stored reading of a series (EXP-9). */
export const SERIES_STEP_MS = 5 * 60_000;
/** How long readings are kept. */
export const SERIES_KEPT_MS = 90 * 24 * 60 * 60_000;

export type NumericReading = { itemId: string; value: number };

/**
 * Readings that are numbers, one per item (EXP-9). What a scan kept from being read again is no new reading (SEE-17): a line through
 * it would claim that somebody looked.
 */
export function numericReadings(compared: readonly Compared[]): NumericReading[] {
  return compared.flatMap(({ item, reading }) => {
    if (reading.state !== "known" || reading.readAtMs !== undefined) return [];
    const { value } = reading;
    return typeof value === "number" && Number.isFinite(value) ? [{ itemId: item.id, value }] : [];
  });
}
