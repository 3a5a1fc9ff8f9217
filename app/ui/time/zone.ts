import type { Locale } from "#app/ui/words.ts";

/**
 * Wall clock of an instant in a named zone. Digits are put together here from the parts, not by a locale pattern, so that
 * server and browser print the same whatever ICU data they carry; only the zone's short name is left to it.
 */
export type Wall = { date: string; day: string; time: string; minute: string; zone: string };

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: Locale, timeZone: string): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale === "de" ? "de-DE" : "en-GB", {
    timeZone,
    weekday: "short",
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
  formats.set(key, made);
  return made;
}

/** @throws RangeError when the zone is not an IANA zone this runtime knows. */
export function wall(ms: number, timeZone: string, locale: Locale): Wall {
  const part: Record<string, string> = {};
  for (const { type, value } of format(locale, timeZone).formatToParts(ms)) part[type] = value;
  const text = (name: string) => (part[name] ?? "").replace(/\.$/, "");
  const day =
    locale === "de"
      ? `${text("weekday")} ${text("day")}. ${text("month")}`
      : `${text("weekday")} ${text("day")} ${text("month")}`;
  return {
    date: `${day} ${text("year")}`,
    day,
    time: `${text("hour")}:${text("minute")}:${text("second")}`,
    minute: `${text("hour")}:${text("minute")}`,
    zone: timeZone === "UTC" ? "UTC" : text("timeZoneName"),
  };
}

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const DAY = 24 * 60 * 60 * 1000;

/** Date only where the day is not obvious: same wall day needs none. Always with the zone. */
export function absoluteText(ms: number, nowMs: number, timeZone: string, locale: Locale): string {
  const at = wall(ms, timeZone, locale);
  const now = wall(nowMs, timeZone, locale);
  if (at.date === now.date) return `${at.time} ${at.zone}`;
  const day = Math.abs(nowMs - ms) < 300 * DAY ? at.day : at.date;
  return `${day}, ${at.time} ${at.zone}`;
}

/** How far the zone is ahead of UTC at that instant, milliseconds. */
export function offsetMs(ms: number, timeZone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of numeric(timeZone).formatToParts(ms)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

const numerics = new Map<string, Intl.DateTimeFormat>();

function numeric(timeZone: string): Intl.DateTimeFormat {
  const known = numerics.get(timeZone);
  if (known !== undefined) return known;
  const digits = {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  } as const;
  const made = new Intl.DateTimeFormat("en-GB", { timeZone, ...digits, second: "numeric", hourCycle: "h23" });
  numerics.set(timeZone, made);
  return made;
}
