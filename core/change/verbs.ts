import * as z from "zod";
import { heldSchema } from "#core/change/held.ts";
import { STEPS } from "#core/change/steps.ts";
import { sha256HexSchema } from "#core/identity/identity.ts";
import { changeKind } from "#core/report/change-kind.ts";
import { REFUSAL_REASONS } from "#core/trust/attack.ts";

/**
 * What may be said on `/run/fiducial/activate.sock`: one JSON line as a request, one as the answer, then the connection ends. The
 * list is closed (ACT-9): nobody on the network side can name a store path, a unit or a program. What is to run comes from signed
 * files in the spool, and from nowhere else.
 */
export const ACTIVATE_SOCKET = "/run/fiducial/activate.sock";

/** Bytes. A request says one of three words; the longest answer names 20,000 paths of 300 bytes. */
export const REQUEST_LIMIT_BYTES = 1024;
export const ANSWER_LIMIT_BYTES = 16 * 1024 * 1024;

export const activateRequestSchema = z.discriminatedUnion("verb", [
  /** Look at the spool, verify it, decide, say what is missing. */
  z.strictObject({ verb: z.literal("consider") }),
  /** Bytes fetched so far, of how many, for people to see; and the hint that more may lie in the spool (docs/decisions/0022). */
  z.strictObject({
    verb: z.literal("fetched"),
    bytes: z.int().nonnegative(),
    totalBytes: z.int().nonnegative(),
  }),
  z.strictObject({ verb: z.literal("status") }),
]);
export type ActivateRequest = z.infer<typeof activateRequestSchema>;

const changeId = z.string().max(64);
const detail = z.string().max(1000);
const toplevel = z.string().max(512);

/** A file to bring into the spool: its name below the spool folder and its exact length in bytes. */
const missingFile = z.strictObject({
  file: z.string().max(600),
  bytes: z.int().nonnegative(),
  sha256: sha256HexSchema,
});

/** A store path to bring into the spool's cache; the NAR it unpacks to has this hash (base16) and this many bytes. */
export const missingPathSchema = z.strictObject({
  path: z.string().max(512).startsWith("/nix/store/"),
  narHash: sha256HexSchema,
  narSize: z.int().nonnegative(),
});
export type MissingPath = z.infer<typeof missingPathSchema>;

/** What is confirmed on this scanner, newest first, and what is blocked on it; for people and their programs. */
const confirmedTold = z.strictObject({
  toplevel,
  release: z.string().max(64).nullable(),
  confirmedAtMs: z.int().nonnegative(),
});
const blockedTold = z.strictObject({
  toplevel,
  reason: z.string().max(64),
  sinceMs: z.int().nonnegative(),
});

export const activateAnswerSchema = z.discriminatedUnion("answer", [
  /** The director asks nothing, or what it asks was done; nothing to fetch. */
  z.strictObject({ answer: z.literal("nothing") }),
  /** Changes are off on this scanner (`changes.enable`). */
  z.strictObject({ answer: z.literal("off") }),
  /** The metadata in the spool is not complete: fetch it again from the beginning. */
  z.strictObject({ answer: z.literal("need-metadata"), detail }),
  z.strictObject({ answer: z.literal("need-release"), changeId, missing: missingFile }),
  z.strictObject({
    answer: z.literal("need-paths"),
    changeId,
    missing: z.array(missingPathSchema).max(40_000),
    totalBytes: z.int().nonnegative(),
  }),
  /** A change is carried forward, or waits on this scanner; nothing to fetch. */
  z.strictObject({ answer: z.literal("under-way"), changeId, step: z.enum(STEPS) }),
  z.strictObject({
    answer: z.literal("refused"),
    changeId: changeId.nullable(),
    reason: z.enum(REFUSAL_REASONS),
    detail,
  }),
  z.strictObject({
    answer: z.literal("status"),
    enabled: z.boolean(),
    step: z.enum(STEPS),
    told: changeKind,
    confirmed: z.array(confirmedTold).max(64),
    /** Since it went back by itself; null: it is not held. */
    held: heldSchema.nullable(),
    blocked: z.array(blockedTold).max(256),
  }),
  /** A request outside the list, or a defect; nothing was changed. */
  z.strictObject({ answer: z.literal("failed"), detail }),
]);
export type ActivateAnswer = z.infer<typeof activateAnswerSchema>;
