import * as z from "zod";
import { counterSchema, epochMsSchema, scannerIdSchema } from "#core/identity/identity.ts";
import { releaseNameSchema, systemNameSchema } from "#core/release/release.ts";

/**
 * The director's one word to one scanner: the `custom` of its only target *is* the instruction (decisions.md). The target's path,
 * length and hashes are those of the release repository, so the director can point at what people signed and at nothing else.
 */
export const INSTRUCTION_SCHEMA = "fiducial.instruction/1";

/** `stage`: download and verify, no more. `activate`: go forward. `rollback`: back to a release that was confirmed on this scanner. */
export const INSTRUCTION_ACTIONS = ["stage", "activate", "rollback"] as const;
export type InstructionAction = (typeof INSTRUCTION_ACTIONS)[number];

/**
 * What the director says of a change that failed on this scanner; it changes nothing by itself. `release-hold`: the hold after it ends
 * (ACT-6). `lift-block`: its closure may be tried again (ACT-5). Both point at the release that failed.
 */
export const PARDONS = ["release-hold", "lift-block"] as const;
export type Pardon = (typeof PARDONS)[number];

/** How long an instruction may be valid, milliseconds: a rollback is wanted now, an upgrade within two weeks (E-13). */
export const LONGEST_INSTRUCTION_MS = {
  stage: 14 * 24 * 60 * 60_000,
  activate: 14 * 24 * 60 * 60_000,
  rollback: 15 * 60_000,
  "release-hold": 14 * 24 * 60 * 60_000,
  "lift-block": 14 * 24 * 60 * 60_000,
} as const satisfies Record<InstructionAction | Pardon, number>;

/** A UTC slot in which the scanner may begin to activate. */
const slotSchema = z.strictObject({ fromMs: epochMsSchema, toMs: epochMsSchema });

export const instructionSchema = z.strictObject({
  schema: z.literal(INSTRUCTION_SCHEMA),
  scannerId: scannerIdSchema,
  /** UUID of the change; the same change asked twice is one change (ACT-7). */
  changeId: z.uuid({ version: "v7" }),
  /** Rises with every instruction to this scanner, kept durably by both ends (E-07, E-08). */
  seq: counterSchema,
  action: z.enum([...INSTRUCTION_ACTIONS, ...PARDONS]),
  /** Of a pardon: the change that failed. A word about an older failure forgives no newer one. */
  failedChangeId: z.string().min(1).max(64).optional(),
  release: releaseNameSchema,
  system: systemNameSchema,
  toplevel: z.string().max(512).startsWith("/nix/store/"),
  notBeforeMs: epochMsSchema,
  /** Tested when the instruction is accepted, never after ARM. */
  notAfterMs: epochMsSchema,
  /** Empty: at any time. */
  slots: z.array(slotSchema).max(64),
  /** Who asked, as people read it; for the scanner's own page and log. */
  requestedBy: z.string().max(200),
});
export type Instruction = z.infer<typeof instructionSchema>;

export function isPardon(action: Instruction["action"]): action is Pardon {
  return PARDONS.some((one) => one === action);
}
