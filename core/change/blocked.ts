import * as z from "zod";
import type { BackReason, Outcome } from "#core/change/plan.ts";
import { epochMsSchema } from "#core/identity/identity.ts";

/**
 * Closures that failed on this scanner (ACT-5), newest first. Kept by the activator: a server that asks again and again does not make
 * a scanner switch again and again.
 */
const failureSchema = z.strictObject({
  toplevel: z.string().max(512),
  release: z.string().max(512).nullable(),
  /** The last change that failed: its end may be recorded twice and counts once. */
  changeId: z.string().max(64).nullable(),
  /** Automatic ways back from it. */
  count: z.int().positive(),
  reason: z.string().max(64),
  sinceMs: epochMsSchema,
  blocked: z.boolean(),
});
export const failuresSchema = z.strictObject({
  schema: z.literal("fiducial.failures/1"),
  failures: z.array(failureSchema).max(256),
});
export type Failures = z.infer<typeof failuresSchema>;

export const NO_FAILURES: Failures = { schema: "fiducial.failures/1", failures: [] };

/** A second automatic way back from the same closure is the last (reliability.md F13). */
const MOST_FAILURES = 2;

/** What tells against the closure itself; a power cut does not, unless it comes again. */
const ITS_OWN_FAULT: readonly BackReason[] = [
  "activation-failed",
  "boot-failed",
  "health-failed",
  "agent-died",
  "deadline-passed",
];

type FailedBySelf = { changeId: string; toplevel: string; reason: string };

/** What went back without being asked; null: a person asked for it, or nothing went back. */
export function failedBySelf({ state, changeId, toplevel, reason }: Outcome): FailedBySelf | null {
  if (state !== "rolled-back" || reason === null || reason === "asked") return null;
  return changeId === null || toplevel === null ? null : { changeId, toplevel, reason };
}

/** After a way back. One that a person asked for is held against nothing. */
export function afterWayBack(failures: Failures, last: Outcome, nowMs: number): Failures {
  const failed = failedBySelf(last);
  if (failed === null) return failures;
  const { changeId, toplevel, reason } = failed;
  const before = failures.failures.find((one) => one.toplevel === toplevel);
  if (before?.changeId === changeId) return failures;
  const count = (before?.count ?? 0) + 1;
  const blocked =
    before?.blocked === true || count >= MOST_FAILURES || ITS_OWN_FAULT.some((one) => one === reason);
  const failure = {
    toplevel,
    release: last.to,
    changeId,
    count,
    reason,
    sinceMs: nowMs,
    blocked,
  };
  const others = failures.failures.filter((one) => one.toplevel !== toplevel);
  return { ...failures, failures: [failure, ...others].slice(0, 256) };
}

export function blockedToplevels({ failures }: Failures): string[] {
  return failures.filter((one) => one.blocked).map((one) => one.toplevel);
}

/** A person lifts it (ACT-5); null: there was nothing to lift. */
export function unblock(failures: Failures, toplevel: string): Failures | null {
  const left = failures.failures.filter((one) => one.toplevel !== toplevel);
  return left.length === failures.failures.length ? null : { ...failures, failures: left };
}

/** A signed word lifts it, for the failure that it names and no newer one (ACT-5); null: nothing of that failure stands. */
export function liftBlock(
  failures: Failures,
  { toplevel, changeId }: { toplevel: string; changeId: string | undefined },
): Failures | null {
  const failed = failures.failures.find((one) => one.toplevel === toplevel);
  return failed !== undefined && failed.changeId === changeId ? unblock(failures, toplevel) : null;
}
