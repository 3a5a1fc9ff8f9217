import * as z from "zod";
import { CHANGES } from "#core/headline/axes.ts";
import { epochMsSchema } from "#core/identity/identity.ts";
import { openEnum } from "#core/safety/socket.ts";

/**
 * What the scanner says of its running or last change (architecture.md §7): one small file that whoever carries changes out renames
 * into place, and the agent only reads. A state word this program does not know reads as `unknown`, never as `none` (SEE-14).
 */
export const CHANGE_FILE = "change.json";
const CHANGE_FILE_SCHEMA = "fiducial.change/1";

/** A limit that a scanner tells of itself may not excuse it for longer than a day (F16). */
const LONGEST_BUDGET_MS = 24 * 60 * 60_000;

const told = {
  state: openEnum(CHANGES),
  /** When that state began, by the scanner's clock; null only where nothing ever changed. */
  sinceMs: epochMsSchema.nullable(),
  changeId: z.string().max(64).nullable(),
  /** Release names or toplevels. */
  from: z.string().max(512).nullable(),
  to: z.string().max(512).nullable(),
  /** Why it waits, was refused or went back: a word of the catalogue (`blocked.<code>`), shown as it is when newer. */
  reason: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .nullable(),
  percent: z.number().min(0).max(100).nullable(),
  /** How long this state may last. */
  budgetMs: z.int().positive().max(LONGEST_BUDGET_MS).nullable(),
  energised: z.boolean().nullable(),
};

export const changeKind = z.strictObject(told);
export type ChangeTold = z.infer<typeof changeKind>;

/** Fields that a newer writer adds are ignored, another `schema` is refused; what is not told is null. */
export const changeFileSchema = z.object({
  schema: z.literal(CHANGE_FILE_SCHEMA),
  state: told.state,
  sinceMs: epochMsSchema,
  changeId: told.changeId.default(null),
  from: told.from.default(null),
  to: told.to.default(null),
  reason: told.reason.default(null),
  percent: told.percent.default(null),
  budgetMs: told.budgetMs.default(null),
  energised: told.energised.default(null),
});

/** A scanner on which no change was ever carried out. */
export const NO_CHANGE: ChangeTold = {
  state: "none",
  sinceMs: null,
  changeId: null,
  from: null,
  to: null,
  reason: null,
  percent: null,
  budgetMs: null,
  energised: null,
};
