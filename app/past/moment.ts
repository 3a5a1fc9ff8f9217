import { offsetMs } from "#app/ui/time/zone.ts";

/** A moment as an address carries it; null: none, or not one. */
export function readMoment(raw: unknown): number | null {
  const text = Array.isArray(raw) ? raw[0] : raw;
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) || ms < 0 ? null : ms;
}

/** What a `datetime-local` field shows for a moment in a zone. */
export function fieldText(ms: number, zone: string): string {
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 16);
}

/**
 * The moment that a `datetime-local` field means in a zone; null while it is incomplete. An hour that the clock jumps over in spring
 * is taken as the hour after it, and of the one that comes twice in autumn it is the first.
 */
export function fieldMoment(text: string, zone: string): number | null {
  const wallMs = Date.parse(`${text}:00Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) || Number.isNaN(wallMs)) return null;
  const DAY = 24 * 60 * 60_000;
  const before = wallMs - offsetMs(wallMs - DAY, zone);
  const after = wallMs - offsetMs(wallMs + DAY, zone);
  return before + offsetMs(before, zone) === wallMs || after + offsetMs(after, zone) !== wallMs
    ? before
    : after;
}
