import * as z from "zod";
import { epochMsSchema, scannerIdSchema, sha256HexSchema } from "#core/identity/identity.ts";
import { BODY_LIMIT_BYTES } from "#core/protocol/envelope.ts";

/**
 * What a scanner without a network sends home with the person who visited it: the reports that wait on it, byte for byte as it would send
 * them, each with the scanner's own signature. Who carries the file can leave reports out, and can change none.
 */
export const RESULTS_SCHEMA = "fiducial.results/1";
export const RESULTS_FOLDER = "results";

export function resultsName(scannerId: string): string {
  return `${RESULTS_FOLDER}/${scannerId}.json`;
}

/** All bodies of one file, and the file itself: base64 and names around them. */
export const RESULTS_BODIES_BYTES = 16 * 1024 * 1024;
export const RESULTS_LIMIT_BYTES = 32 * 1024 * 1024;

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);

export const resultsSchema = z.strictObject({
  schema: z.literal(RESULTS_SCHEMA),
  scannerId: scannerIdSchema,
  keyId: sha256HexSchema,
  writtenAtMs: epochMsSchema,
  /** In the order in which they were made. */
  reports: z
    .array(
      z.strictObject({
        body: base64.max(Math.ceil(BODY_LIMIT_BYTES.report / 3) * 4),
        signature: base64.max(88),
      }),
    )
    .max(2_000),
});
export type Results = z.infer<typeof resultsSchema>;

/** The newest that fit, in their old order: the last word of a scanner is worth more than its first. */
export function newestThatFit<T extends { bytes: number }>(reports: readonly T[], limit: number): T[] {
  let left = limit;
  const chosen: T[] = [];
  for (const one of [...reports].reverse()) {
    if (one.bytes > left) break;
    left -= one.bytes;
    chosen.push(one);
  }
  return chosen.reverse();
}
