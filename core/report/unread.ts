import type { Since } from "#core/headline/situation.ts";
import type { Reason } from "#core/report/fact.ts";

/** Digest and number of the newest report stored; null: none. */
type Stored = { digest: string; place: { seq: number } } | null;

/** Over which stored report a full one was asked for, and since when; null: nothing was asked. */
type Asked = { stored: Stored; asked: { stored: Stored; sinceMs: number } | null };

/** `claimedDigest`: of the facts that the newest heartbeat named. */
type Heard = Asked & { claimedDigest: string | null };

/** A full report that was asked for comes within seconds; after this long it is not coming, or cannot be taken. */
const ANSWER_MS = 60_000;
const CODE = "facts-not-received";

/** Is the stored report still the one over which a full report was last asked for? */
export function isUnanswered({ asked, stored }: Asked): boolean {
  return asked !== null && asked.stored?.place.seq === stored?.place.seq;
}

/**
 * A scanner that beats, and whose facts are not the ones stored although a full report was asked for again and again: its reports
 * are refused or never made (status.md, 3 Unknown "unverifiable"). What was believed is then no word about now (SEE-14).
 */
export function unreadProblem(entry: Asked, nowMs: number): Reason | null {
  const { asked } = entry;
  if (asked === null || !isUnanswered(entry) || nowMs - asked.sinceMs <= ANSWER_MS) return null;
  return { code: CODE, params: { sinceAtMs: asked.sinceMs } };
}

/**
 * The same with what was concluded before: a restart of the server forgets what it asked, and that alone makes nothing known. It
 * ends with a report that is stored, or with a heartbeat that names the facts stored.
 */
export function unreadBelief(
  before: Since<Reason> | null,
  held: Heard | null,
  nowMs: number,
): Since<Reason> | null {
  const problem = held === null ? null : unreadProblem(held, nowMs);
  const agrees = held?.stored != null && held.claimedDigest === held.stored.digest;
  if (before?.value.code === CODE) return agrees ? null : before;
  return problem === null ? null : { value: problem, sinceMs: nowMs };
}
