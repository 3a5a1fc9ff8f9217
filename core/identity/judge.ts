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

export type ConflictCode = CodeOf<"conflict">;
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
    return conflict("other-hardware");
  const { bootCounter } = incoming;
  // K-07: one machine draws one boot id per boot (random(4), /proc/sys/kernel/random/boot_id), so a second one is a second machine.
  if (bootCounter === known.bootCounter && incoming.bootId !== known.bootId)
    return conflict("boot-forked", { bootCounter });
  if (incoming.bootId !== known.bootId) return null;
  if (bootCounter < known.bootCounter) return conflict("start-forked", { bootCounter });
  return bootCounter > known.bootCounter ? conflict("boot-reused", { bootCounter }) : null;
}

function conflict(code: ConflictCode, params?: Reason["params"]): Conflict {
  return { kind: "conflict", code, reason: params === undefined ? { code } : { code, params } };
}

/**
 * What a report that is not newer turns out to be, once the stored reports were looked through for its number. Agents send in order
 * (SEE-14), so its number must be there: equal bytes are a retry and are acknowledged again (V-02); other bytes, or a number that
 * was passed over, come from a second machine, or from one whose state was set back (K-07).
 *
 * @param stored the report stored under this number; null: none. Ask only for numbers whose raw reports are still kept: what is
 * older than that is a replay and is refused as one, or else an eavesdropper could lock a scanner out with an old message.
 */
export function judgeRepeated(
  stored: { bodySha256: string } | null,
  incoming: { seq: number; bodySha256: string },
): { kind: "duplicate" } | Conflict {
  if (stored?.bodySha256 === incoming.bodySha256) return { kind: "duplicate" };
  return conflict(stored === null ? "history-forked" : "report-forked", { seq: incoming.seq });
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
