import * as z from "zod";
import { REFUSAL_REASONS } from "#core/trust/attack.ts";

/**
 * Why the client under test ended with status 1, as its last line on stderr. The suite itself only sees the status, and a program that
 * crashed has the same one.
 */
export const answerSchema = z.discriminatedUnion("answer", [
  /** A word of the product's own closed set, the one that a scanner would report. */
  z.strictObject({
    answer: z.literal("refused"),
    refused: z.enum(REFUSAL_REASONS),
    where: z.string(),
    detail: z.string(),
  }),
  z.strictObject({
    answer: z.literal("unreached"),
    problem: z.enum(["absent", "unreached"]),
    detail: z.string(),
  }),
  /** Verified, and no such target is listed. */
  z.strictObject({ answer: z.literal("unlisted"), name: z.string() }),
]);
export type Answer = z.infer<typeof answerSchema>;
