import * as z from "zod";
import { epochMsSchema } from "#core/identity/identity.ts";

const generations = z
  .array(
    z.strictObject({
      toplevel: z.string().max(512),
      /** Null: it came without a name. */
      release: z.string().max(64).nullable(),
      /** By the scanner's clock. */
      confirmedAtMs: epochMsSchema,
    }),
  )
  .max(64);

/**
 * ACT-4. Generations that this scanner proved healthy on itself, the newest proof first: what it can be taken back to. Its own word, because
 * root on the scanner goes back and confirms without any server. Null: nothing on this scanner keeps such a list, which is not an empty one.
 */
export const confirmedKind = z.strictObject({ generations: generations.nullable() });

/** The list stands in the change file, beside what is said of the running change; an older writer leaves it out. */
export const confirmedFileSchema = z.object({
  schema: z.literal("fiducial.change/1"),
  confirmed: generations.nullable().default(null),
});
