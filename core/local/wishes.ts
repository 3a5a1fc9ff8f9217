import * as z from "zod";
import { epochMsSchema } from "#core/identity/identity.ts";
import { CHOICES, type Choice } from "#core/local/choice.ts";
import { type Hold, holdSchema } from "#core/local/log.ts";

/** What a person at the scanner said of the change that waits, and whether the scanner is held: neither needs a server (LOC-1). */
const choiceSchema = z.strictObject({
  changeId: z.string().min(1).max(64),
  choice: z.enum(CHOICES),
  atMs: epochMsSchema,
  /** Of `not-today`: the end of the scanner's local day. */
  untilMs: epochMsSchema.nullable(),
});
type Chosen = z.infer<typeof choiceSchema>;

export const wishesSchema = z.strictObject({ hold: holdSchema.nullable(), chosen: choiceSchema.nullable() });
export type Wishes = { hold: Hold | null; chosen: Chosen | null };

export const NO_WISHES: Wishes = { hold: null, chosen: null };

const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;
/** When a scanner stands still, by its local time: from ten in the evening to five in the morning. */
const NIGHT = { fromMinute: 22 * 60, toMinute: 5 * 60 } as const;

type Moment = { nowMs: number; localMinute: number };

export function choose(changeId: string, choice: Choice, { nowMs, localMinute }: Moment): Chosen {
  const untilMs = choice === "not-today" ? nowMs + (DAY_MINUTES - localMinute) * MINUTE_MS : null;
  return { changeId, choice, atMs: nowMs, untilMs };
}

/** Who says "not today" takes back what was agreed to before: tomorrow it is asked again. */
export function isWithdrawn(chosen: Chosen | null, changeId: string): boolean {
  return chosen?.choice === "not-today" && chosen.changeId === changeId;
}

/** Whether somebody here put this change off to a moment that has not come. */
export function isPostponed(
  chosen: Chosen | null,
  changeId: string,
  { nowMs, localMinute }: Moment,
): boolean {
  if (chosen === null || chosen.changeId !== changeId) return false;
  switch (chosen.choice) {
    case "now":
      return false;
    case "tonight":
      return localMinute >= NIGHT.toMinute && localMinute < NIGHT.fromMinute;
    case "not-today":
      return chosen.untilMs !== null && nowMs < chosen.untilMs;
  }
}
