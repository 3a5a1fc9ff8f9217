import * as z from "zod";
import { epochMsSchema, sha256HexSchema } from "#core/identity/identity.ts";
import { healthContractSchema } from "#core/release/release.ts";
import { INSTRUCTION_ACTIONS } from "#core/trust/instruction.ts";

const toplevel = z.string().max(512).startsWith("/nix/store/");
const slot = z.strictObject({ fromMs: epochMsSchema, toMs: epochMsSchema });

/**
 * What was accepted: everything the change machine needs of a signed instruction and release, so that nothing is read from the spool
 * with authority after it. `origin` local: root on the scanner asked for a way back to a confirmed generation, no network involved.
 */
export const planSchema = z.strictObject({
  changeId: z.string().min(1).max(64),
  /** Of the instruction; for a local one, of the last instruction accepted before it, which is over with it. */
  seq: z.int().nonnegative(),
  origin: z.enum(["instruction", "local"]),
  action: z.enum(INSTRUCTION_ACTIONS),
  /** Null: a confirmed generation that came from no release. */
  release: z.string().max(64).nullable(),
  counter: z.int().nonnegative(),
  system: z.string().max(64).nullable(),
  toplevel,
  closureDigest: sha256HexSchema,
  health: healthContractSchema,
  slots: z.array(slot).max(64),
  notBeforeMs: epochMsSchema,
  notAfterMs: epochMsSchema,
  requestedBy: z.string().max(200),
  /** A person on site attests that the bore is empty and the drive is off (decisions.md, interlock and a sick safety daemon). */
  attested: z.boolean(),
});
export type Plan = z.infer<typeof planSchema>;

const WAYS = ["live", "reboot", "none"] as const;
/** `live`: switch while running. `none`: the target runs already and is only to be proved. */
export type Way = (typeof WAYS)[number];

/** Why a change went back (`blocked.<word>` on screens). */
const BACK_REASONS = [
  "activation-failed",
  "boot-failed",
  "health-failed",
  "agent-died",
  "deadline-passed",
  "interrupted",
  "unplanned-boot",
  "asked",
] as const;
export type BackReason = (typeof BACK_REASONS)[number];

/** Known once the change is armed. */
export const runSchema = z.strictObject({
  from: toplevel,
  fromRelease: z.string().max(64).nullable(),
  way: z.enum(WAYS),
  /** Boot in which it was armed. */
  bootId: z.string().max(64),
  /** Units that had failed before: they are no fault of the target. */
  failedBefore: z.array(z.string().max(256)).max(1024),
  /** Of the safety daemon's last word before; null: this model has none. */
  energised: z.boolean().nullable(),
});
export type Run = z.infer<typeof runSchema>;

export const backSchema = z.strictObject({
  reason: z.enum(BACK_REASONS),
  detail: z.string().max(1000),
  /** `none`: the old generation runs still, or again; only profile and boot loader may have to be put back. */
  way: z.enum(WAYS),
  /** How often the way back was begun. */
  attempts: z.int().nonnegative(),
});

/** How the last change ended, as it is told until the next. */
export const outcomeSchema = z.strictObject({
  state: z.enum(["confirmed", "rolled-back", "refused", "cancelled", "expired"]),
  changeId: z.string().max(64).nullable(),
  seq: z.int().nonnegative(),
  from: z.string().max(512).nullable(),
  to: z.string().max(512).nullable(),
  toplevel: z.string().max(512).nullable(),
  reason: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .nullable(),
  detail: z.string().max(1000),
  energised: z.boolean().nullable(),
});
export type Outcome = z.infer<typeof outcomeSchema>;
