import * as z from "zod";
import { GATES } from "#core/change/gate-words.ts";
import { backSchema, outcomeSchema, planSchema, runSchema } from "#core/change/plan.ts";
import { epochMsSchema } from "#core/identity/identity.ts";

/**
 * The one record of a change, written durably before each step begins (reliability.md §3.1). Who reads it after a power cut knows
 * what may have happened, and `decide` knows what is then to be done.
 */
export const JOURNAL_SCHEMA = "fiducial.journal/1";

/** When the word that people see began, by the wall clock; for people only. */
const sinceMs = epochMsSchema;
const before = { plan: planSchema, sinceMs };
const armed = { plan: planSchema, sinceMs, run: runSchema };
const back = { ...armed, back: backSchema };

const rest = z.strictObject({
  step: z.literal("rest"),
  sinceMs,
  last: outcomeSchema.nullable(),
  /** Number of the instruction that came to an end here, where a refusal is the last word since. */
  over: z.int().nonnegative().optional(),
});
const offered = z.strictObject({
  step: z.literal("offered"),
  ...before,
  progress: z.strictObject({ bytes: z.int().nonnegative(), totalBytes: z.int().nonnegative() }).nullable(),
});
const preparing = z.strictObject({ step: z.enum(["copy", "verify", "keep"]), ...before });
const staged = z.strictObject({ step: z.literal("staged"), ...before, waiting: z.enum(GATES).nullable() });
const underWay = z.strictObject({
  step: z.enum([
    "armed",
    "set",
    "boot",
    "switch",
    "reboot",
    "arrived",
    "restart-agent",
    "probe",
    "bless",
    "confirm",
    "settle",
  ]),
  ...armed,
});
const goingBack = z.strictObject({
  step: z.enum([
    "back-arm",
    "back-set",
    "back-boot",
    "back-switch",
    "back-reboot",
    "back-probe",
    "back-settle",
    "stuck",
  ]),
  ...back,
});

const journalSchema = z.discriminatedUnion("step", [rest, offered, preparing, staged, underWay, goingBack]);
export type Journal = z.infer<typeof journalSchema>;
export type Rest = z.infer<typeof rest>;
export type Offered = z.infer<typeof offered>;
export type Preparing = z.infer<typeof preparing>;
export type Staged = z.infer<typeof staged>;
export type UnderWay = z.infer<typeof underWay>;
export type GoingBack = z.infer<typeof goingBack>;

export const journalFileSchema = z.strictObject({
  schema: z.literal(JOURNAL_SCHEMA),
  journal: journalSchema,
});

export const FIRST_JOURNAL: Rest = { step: "rest", sinceMs: 0, last: null };
