import * as z from "zod";
import type { Failures } from "#core/change/blocked.ts";
import { type Held, heldSchema } from "#core/change/held.ts";
import { epochMsSchema } from "#core/identity/identity.ts";

/** Newest that travel: more than anybody looks at. */
const MOST_TOLD = 16;

const blocked = z
  .array(
    z.strictObject({
      toplevel: z.string().max(512),
      /** Release name or toplevel, as it was asked for. */
      release: z.string().max(512).nullable(),
      /** The last change that failed; who lifts the block names it. Null: it was not kept. */
      changeId: z.string().max(64).nullable(),
      /** Why it went back (`blocked.<word>`). */
      reason: z.string().max(64),
      /** By the scanner's clock. */
      sinceMs: epochMsSchema,
    }),
  )
  .max(MOST_TOLD);

const told = { held: heldSchema.nullable(), blocked: blocked.nullable() };

/**
 * ACT-5, ACT-6. What stands against changes on this scanner since one failed on it: its own word, because it is the scanner that refuses.
 * `blocked` null: nothing on this scanner keeps such a list, which is not an empty one.
 */
export const quarantineKind = z.strictObject(told);
type Quarantine = z.infer<typeof quarantineKind>;

export const NOTHING_IN_QUARANTINE: Quarantine = { held: null, blocked: [] };

/** The part of the change file; an older writer leaves it out. */
export const quarantineFileSchema = z.object({
  schema: z.literal("fiducial.change/1"),
  quarantine: quarantineKind.default({ held: null, blocked: null }),
});

export function quarantineOf(held: Held | null, { failures }: Failures): Quarantine {
  const newest = failures.filter((one) => one.blocked).slice(0, MOST_TOLD);
  return {
    held,
    blocked: newest.map(({ toplevel, release, changeId, reason, sinceMs }) => ({
      ...{ toplevel, release, changeId, reason, sinceMs },
    })),
  };
}
