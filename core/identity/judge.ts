import type { CodeOf } from "#core/message/catalogue.ts";
import type { Reason } from "#core/report/fact.ts";

/**
 * Where a message stands in a scanner's own order: by boot, then agent start, then number; never by time. Compared with the
 * newest one stored, it also tells when two machines use one identity (K-07, F27).
 */
export type Position = {
  bootCounter: number;
  startCounter: number;
  seq: number;
  bootId: string;
  /** Null: this message does not carry it. */
  hardwareFingerprint: string | null;
};

type ConflictCode = CodeOf<"conflict">;
export type Conflict = { kind: "conflict"; code: ConflictCode; reason: Reason };
export type OrderVerdict = { kind: "newer" } | { kind: "duplicate" } | { kind: "older" } | Conflict;

/** @param known the newest message believed so far; null: none. Its fingerprint is the one of the enrolment. */
export function judgeOrder(known: Position | null, incoming: Position): OrderVerdict {
  if (known === null) return { kind: "newer" };
  const conflict = conflictOf(known, incoming);
  if (conflict !== null) return conflict;
  const order = compareOrder(incoming, known);
  if (order === 0) return { kind: "duplicate" };
  return { kind: order > 0 ? "newer" : "older" };
}

type Ordered = Pick<Position, "bootCounter" | "startCounter" | "seq">;

/** Negative: `a` came first. */
export function compareOrder(a: Ordered, b: Ordered): number {
  return a.bootCounter - b.bootCounter || a.startCounter - b.startCounter || a.seq - b.seq;
}

function conflictOf(known: Position, incoming: Position): Conflict | null {
  // F27: an image restored on other hardware, or a repair that moved the disk; a person has to say which it is.
  if (
    known.hardwareFingerprint !== null &&
    incoming.hardwareFingerprint !== null &&
    incoming.hardwareFingerprint !== known.hardwareFingerprint
  )
    return conflict("other-hardware", { hardware: incoming.hardwareFingerprint });
  const { bootCounter } = incoming;
  // K-07: one machine draws one boot id per boot (random(4), /proc/sys/kernel/random/boot_id), so a second one is a second machine.
  if (bootCounter === known.bootCounter && incoming.bootId !== known.bootId)
    return conflict("boot-forked", { bootCounter });
  if (incoming.bootId !== known.bootId) return null;
  if (bootCounter < known.bootCounter) return conflict("start-forked", { bootCounter });
  return bootCounter > known.bootCounter ? conflict("boot-reused", { bootCounter }) : null;
}

function conflict(code: ConflictCode, params: NonNullable<Reason["params"]>): Conflict {
  return { kind: "conflict", code, reason: { code, params } };
}

/** One number with the same bytes is a retry, acknowledged again (V-02); with other bytes it comes from a second machine (K-07). */
export function judgeRepeated(
  stored: { bodySha256: string },
  incoming: { seq: number; bodySha256: string },
): { kind: "duplicate" } | Conflict {
  if (stored.bodySha256 === incoming.bodySha256) return { kind: "duplicate" };
  return conflict("report-forked", { seq: incoming.seq });
}

type Late = Pick<Position, "bootCounter" | "bootId" | "seq"> & { sentAtMs: number };

/** How much later than its successor's a report may claim to be made before it cannot have been made by the same machine. */
const CLOCK_STEP_MS = 5_000;

/**
 * A number that nobody has seen may come late: the network reorders (V-06). It was not made late, though: a report of an earlier
 * boot or agent start that was made after a later one had begun comes from a second machine (K-07). Both times are of the scanner's
 * own clock. Ask only for numbers whose raw reports are still kept: what is older than that is a replay and is refused as one, or
 * else an eavesdropper could lock a scanner out with an old message.
 *
 * @param kept what the stored reports say. `bootId`: under which this boot was known; `laterStartMs`: when the next later start or
 * boot had made its first report; null: no such report is kept
 */
export function judgeLate(
  kept: { bootId: string | null; laterStartMs: number | null },
  { bootCounter, bootId, seq, sentAtMs }: Late,
): { kind: "older" } | Conflict {
  if (kept.bootId !== null && kept.bootId !== bootId) return conflict("boot-forked", { bootCounter });
  const madeLate = kept.laterStartMs !== null && sentAtMs > kept.laterStartMs + CLOCK_STEP_MS;
  return madeLate ? conflict("history-forked", { seq }) : { kind: "older" };
}

export type BeatPosition = { bootCounter: number; startCounter: number; beat: number; bootId: string };
export type BeatVerdict = { kind: "newer" } | { kind: "replayed" } | Conflict;

/** Heartbeats are numbered in memory, per agent start: what is not newer than the newest one is a replay, and says nothing of now. */
export function judgeBeat(known: BeatPosition | null, incoming: BeatPosition): BeatVerdict {
  if (known === null) return { kind: "newer" };
  const verdict = judgeOrder(asPosition(known), asPosition(incoming));
  if (verdict.kind === "conflict" || verdict.kind === "newer") return verdict;
  return { kind: "replayed" };
}

function asPosition({ beat, ...rest }: BeatPosition): Position {
  return { ...rest, seq: beat, hardwareFingerprint: null };
}
