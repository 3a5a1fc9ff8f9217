import * as z from "zod";
import { epochMsSchema } from "#core/identity/identity.ts";
import { openEnum } from "#core/safety/socket.ts";

/**
 * What people did on the scanner itself, on its own page or its command line (LOC-1, OFF-2): an append-only list that the activator
 * keeps and the agent reports, so that the server's audit log has it with the time at which it was done, however late it hears of it.
 */
export const LOCAL_ACTS = [
  "consent-now",
  "consent-tonight",
  "not-today",
  "hold",
  "release",
  "report",
  "rollback",
  "unblock",
  "passcode-set",
  "passcode-refused",
] as const;
export type LocalAct = (typeof LOCAL_ACTS)[number];

/** Where it was entered. */
const DOORS = ["page", "command"] as const;
export type Door = (typeof DOORS)[number];

/** Longest text that a person may leave, in characters. */
export const TEXT_LIMIT = 1000;

/** `done` is written before the act begins: what then fails has a second entry, and nothing is done that has none (ADM-3). */
const entry = {
  seq: z.int().positive(),
  /** By the scanner's own clock. */
  atMs: epochMsSchema,
  act: openEnum(LOCAL_ACTS),
  door: openEnum(DOORS),
  result: openEnum(["done", "refused"]),
  changeId: z.string().max(64).nullable(),
  /** Release name or toplevel; of a report, the file with what was frozen on the scanner. */
  to: z.string().max(512).nullable(),
  /** Reason or report of the person; for what was refused, why. */
  text: z.string().max(TEXT_LIMIT).nullable(),
};
export const localEntrySchema = z.strictObject(entry);
export type LocalEntry = z.infer<typeof localEntrySchema>;

const holdSchema = z.strictObject({ sinceMs: epochMsSchema, reason: z.string().max(TEXT_LIMIT) });
export type Hold = z.infer<typeof holdSchema>;
export { holdSchema };

/** Newest entries that travel: more than anybody enters between two reports, so that none is lost. */
export const TOLD_ENTRIES = 32;

const told = {
  /** Names this log: one that was begun anew after a new disk counts from 1 again. */
  log: z.uuid().nullable(),
  /** The oldest first. */
  entries: z.array(localEntrySchema).max(TOLD_ENTRIES),
  hold: holdSchema.nullable(),
};
/** The fact kind `local`. */
export const localKind = z.strictObject(told);
type LocalTold = z.infer<typeof localKind>;

export const NOTHING_LOCAL: LocalTold = { log: null, entries: [], hold: null };

/** Written by the activator, read by the agent. */
export const LOCAL_FILE = "local.json";
export const LOCAL_FILE_SCHEMA = "fiducial.local/1";
export const localFileSchema = z.object({ schema: z.literal(LOCAL_FILE_SCHEMA), ...told });

const TOLD_CHARACTERS = 8_000;

/** The newest entries, as many as travel; the oldest first. */
export function newest(entries: readonly LocalEntry[]): LocalEntry[] {
  const last = entries.slice(-TOLD_ENTRIES);
  while (last.length > 1 && JSON.stringify(last).length > TOLD_CHARACTERS) last.shift();
  return last;
}

/** What a person typed, as one line that every database and every terminal takes; null: nothing is left of it. */
export function plainText(typed: string): string | null {
  const plain = typed
    .replace(/[\s\p{Cc}\p{Cs}]+/gu, " ")
    .trim()
    .slice(0, TEXT_LIMIT)
    // The cut may have gone through a pair.
    .replace(/[\uD800-\uDBFF]$/, "");
  return plain === "" ? null : plain;
}

/** What a reader knows of a log: its name, and the newest number it has. */
type Known = { log: string; seq: number } | null;

/**
 * The entries a reader has not had yet, and how many it will never have because they were not told in time. A log of another name is
 * another log.
 */
export function unheard(
  { log, entries }: LocalTold,
  known: Known,
): { entries: LocalEntry[]; missed: number } {
  const after = known !== null && known.log === log ? known.seq : 0;
  const fresh = entries.filter((one) => one.seq > after);
  const first = fresh[0];
  return { entries: fresh, missed: first === undefined ? 0 : first.seq - after - 1 };
}

/** Whoever took the page over can fill neither the disk nor the audit log: acts that need no passcode are so many in an hour. */
const HOUR_MS = 60 * 60_000;
const MOST_AN_HOUR = 20;

export function isTooMany(entries: readonly LocalEntry[], nowMs: number): boolean {
  const recent = entries.filter(({ door, atMs }) => door === "page" && Math.abs(nowMs - atMs) < HOUR_MS);
  return recent.length >= MOST_AN_HOUR;
}
