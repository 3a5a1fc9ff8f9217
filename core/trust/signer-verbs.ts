import * as z from "zod";
import { epochMsSchema, scannerIdSchema } from "#core/identity/identity.ts";
import { instructionSchema } from "#core/trust/instruction.ts";
import { onlineKeysSchema } from "#core/trust/online-keys.ts";

/**
 * Everything the signer process can be asked (architecture.md, signer): one JSON line each way over a unix socket. There is no verb
 * that signs bytes or words of the caller's choice, and none that gives out a key.
 */
export const SIGNER_SOCKET = "signer.sock";
/** Of one request or answer. */
export const SIGNER_LINE_BYTES = 64 * 1024;

/** The signer numbers instructions itself: whoever asks cannot make one look newer than it is. */
const wantedInstructionSchema = instructionSchema.omit({ schema: true, seq: true });
export type WantedInstruction = z.infer<typeof wantedInstructionSchema>;

export const signerRequestSchema = z.discriminatedUnion("verb", [
  /** Public halves of the online keys. */
  z.strictObject({ verb: z.literal("keys") }),
  /** The one thing a scanner should do now. The same change asked twice is answered alike. */
  z.strictObject({ verb: z.literal("instruct"), instruction: wantedInstructionSchema }),
  /** Ask nothing of a scanner; only if the instruction it has is of this change. */
  z.strictObject({
    verb: z.literal("withdraw-instruction"),
    scannerId: scannerIdSchema,
    changeId: z.uuid({ version: "v7" }),
  }),
  /**
   * Sign the instruction of this change once more, good until `untilMs`, so that it can be carried to a scanner without a network. The same
   * words: nothing that was not asked of this scanner already (decision 0023).
   */
  z.strictObject({
    verb: z.literal("carry-instruction"),
    scannerId: scannerIdSchema,
    changeId: z.uuid({ version: "v7" }),
    untilMs: epochMsSchema,
  }),
  /** Sign what is published and about to expire: of the releases, or of one scanner's instruction. */
  z.strictObject({ verb: z.literal("freshen"), scannerId: scannerIdSchema.nullable() }),
  z.strictObject({ verb: z.literal("status") }),
]);
export type SignerRequest = z.infer<typeof signerRequestSchema>;

const SIGNER_REFUSALS = [
  "wrong-request",
  /** There is no first root, no published release set, or the keys are not those of the root. */
  "not-ready",
  /** What is published does not verify: nothing points at it. */
  "not-verified",
  "unknown-release",
  "withdrawn",
  "below-floor",
  "wrong-system",
  "instruction-too-long",
  "too-often",
  "no-instruction",
] as const;
export type SignerRefusal = (typeof SIGNER_REFUSALS)[number];

const version = z.int().nonnegative();

export const signerAnswerSchema = z.union([
  z.strictObject({ ok: z.literal(true), verb: z.literal("keys"), keys: onlineKeysSchema }),
  z.strictObject({
    ok: z.literal(true),
    verb: z.literal("instruct"),
    seq: z.int().positive(),
    directorVersion: version,
  }),
  z.strictObject({
    ok: z.literal(true),
    verb: z.literal("withdraw-instruction"),
    directorVersion: version,
  }),
  z.strictObject({
    ok: z.literal(true),
    verb: z.literal("carry-instruction"),
    directorVersion: version,
    expiresAtMs: z.int(),
  }),
  /** Versions that are served from now on: of the director's targets, or of the release targets. */
  z.strictObject({ ok: z.literal(true), verb: z.literal("freshen"), version, expiresAtMs: z.int() }),
  z.strictObject({
    ok: z.literal(true),
    verb: z.literal("status"),
    ready: z.boolean(),
    releases: z.int().nonnegative(),
    targetsVersion: version.nullable(),
    scanners: z.int().nonnegative(),
  }),
  z.strictObject({
    ok: z.literal(false),
    refused: z.enum(SIGNER_REFUSALS),
    detail: z.string().max(500),
    /** For `too-often`: when to ask again, milliseconds from now. */
    waitMs: z.int().nonnegative().optional(),
  }),
]);
export type SignerAnswer = z.infer<typeof signerAnswerSchema>;
