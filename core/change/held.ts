import * as z from "zod";
import { failedBySelf } from "#core/change/blocked.ts";
import type { Outcome } from "#core/change/plan.ts";
import { epochMsSchema } from "#core/identity/identity.ts";

/**
 * ACT-6: a scanner that went back by itself is held. It takes nothing new until a person has looked at it and released it, with a reason:
 * two closures that fail one after the other tell of the machine and not of the closures. Going back to what was confirmed stays possible.
 */
const heldSchema = z.strictObject({
  sinceMs: epochMsSchema,
  /** The change that failed. Who releases names it, so that no word about an older failure ends the hold after a newer one. */
  changeId: z.string().min(1).max(64),
  /** What it left. */
  toplevel: z.string().max(512),
  release: z.string().max(512).nullable(),
  /** Why it went back (`blocked.<word>`). */
  reason: z.string().max(64),
});
export type Held = z.infer<typeof heldSchema>;
export { heldSchema };

export const heldFileSchema = z.strictObject({ schema: z.literal("fiducial.held/1"), held: heldSchema });
/** In a file of its own: whoever releases never writes what the change machine writes, so neither can undo the other. */
export const releasedFileSchema = z.strictObject({
  schema: z.literal("fiducial.released/1"),
  changeId: z.string().max(64),
});

/** The hold that this end of a change begins; null: none, because a person asked for the way back or there was none. */
export function holdAfter(last: Outcome, nowMs: number): Held | null {
  const failed = failedBySelf(last);
  if (failed === null) return null;
  return { sinceMs: nowMs, release: last.to, ...failed };
}

/** Until somebody released this very one. */
export function standing(held: Held | null, releasedChangeId: string | null): Held | null {
  return held === null || held.changeId === releasedChangeId ? null : held;
}
