import type { Locale } from "#core/message/text.ts";

/** How people say times and sizes (ui.md: 40 s, 6 min, 9 days). Pure: no clock, no zone; moments are made into words by the caller. */
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

type UnitWords = Record<Locale, { one: string; more: string }>;

/** Each unit begins where it reads better than the one before: 90 s, then 2 min; 47 h, then 2 days. */
const UNITS: readonly { fromMs: number; sizeMs: number; words: UnitWords }[] = [
  {
    fromMs: 2 * DAY_MS,
    sizeMs: DAY_MS,
    words: { en: { one: "day", more: "days" }, de: { one: "Tag", more: "Tage" } },
  },
  {
    fromMs: 2 * HOUR_MS,
    sizeMs: HOUR_MS,
    words: { en: { one: "h", more: "h" }, de: { one: "h", more: "h" } },
  },
  {
    fromMs: 2 * MINUTE_MS,
    sizeMs: MINUTE_MS,
    words: { en: { one: "min", more: "min" }, de: { one: "min", more: "min" } },
  },
  {
    fromMs: SECOND_MS,
    sizeMs: SECOND_MS,
    words: { en: { one: "s", more: "s" }, de: { one: "s", more: "s" } },
  },
];

/** One unit, rounded down, sign dropped: "450 ms", "40 s", "6 min", "9 days". */
export function durationText(locale: Locale, durationMs: number): string {
  const ms = Math.abs(durationMs);
  const unit = UNITS.find((one) => ms >= one.fromMs);
  if (unit === undefined) return `${Math.round(ms)} ms`;
  const count = Math.floor(ms / unit.sizeMs);
  const { one, more } = unit.words[locale];
  return `${numberText(locale, count)} ${count === 1 ? one : more}`;
}

/** How long ago, or in how long; under a second is now. */
export function relativeText(locale: Locale, { atMs, nowMs }: { atMs: number; nowMs: number }): string {
  const elapsedMs = nowMs - atMs;
  if (Math.abs(elapsedMs) < SECOND_MS) return locale === "de" ? "jetzt" : "now";
  const duration =
    locale === "de" ? dative(durationText(locale, elapsedMs)) : durationText(locale, elapsedMs);
  if (locale === "de") return elapsedMs > 0 ? `vor ${duration}` : `in ${duration}`;
  return elapsedMs > 0 ? `${duration} ago` : `in ${duration}`;
}

/** After "vor" and "in" German counts days in the dative. */
function dative(duration: string): string {
  return duration.replace(/Tage$/, "Tagen");
}

const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Decimal units, three digits: "950 B", "1.2 GB". */
export function bytesText(locale: Locale, bytes: number): string {
  const exponent = bytes < 1000 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** exponent;
  const digits = exponent === 0 || value >= 99.95 ? 0 : 1;
  return `${numberText(locale, value, digits)} ${SIZES[exponent]}`;
}

export function percentText(locale: Locale, percent: number): string {
  return `${numberText(locale, percent, Number.isInteger(percent) ? 0 : 1)} %`;
}

/** @param digits after the decimal point, at most. */
export function numberText(locale: Locale, value: number, digits = 0): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}
