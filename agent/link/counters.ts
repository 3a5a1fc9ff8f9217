import { join } from "node:path";
import * as z from "zod";
import { durableWrite, errorCode, readKept } from "#agent/link/durable.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { FULL, readOver, takeRoom, writeOver } from "#agent/link/write-over.ts";
import { compareOrder } from "#core/identity/judge.ts";

/**
 * Where a report stands in the order of this scanner: compared field by field, never by time (SEE-14, V-06, V-08).
 * `bootCounter` rises with every boot, `startCounter` with every agent start, `seq` with every report.
 */
export type Order = { bootCounter: number; startCounter: number; seq: number };

/** An order that was used, in which boot; null: that is not known any more. */
export type KnownOrder = Order & { bootId: string | null };

const counter = z.int().nonnegative();
const countersSchema = z.object({
  format: z.literal("fiducial.counters/1"),
  bootId: z.string().max(64),
  bootCounter: counter,
  startCounter: counter,
  /** Every seq up to here may have been used; the next start begins above it. */
  reservedSeq: counter,
  /** Reports given up because the outbox was full or the server could never take them. */
  droppedReports: counter,
});
type CountersFile = z.infer<typeof countersSchema>;

const FIRST: CountersFile = {
  format: "fiducial.counters/1",
  bootId: "",
  bootCounter: 0,
  startCounter: 0,
  reservedSeq: 0,
  droppedReports: 0,
};

function countersPath(stateDir: string): string {
  return join(stateDir, "counters.json");
}

/** Where they are written on a disk without a free block: an agent that ends there begins again, and can say so. */
function roomPath(stateDir: string): string {
  return join(stateDir, "counters.room");
}

/** Throws the system's own error; on a full disk only where no room was taken before. */
async function keepCounters(stateDir: string, file: CountersFile): Promise<void> {
  const content = `${JSON.stringify(file)}\n`;
  try {
    await durableWrite(countersPath(stateDir), content);
  } catch (error) {
    if (!FULL.includes(errorCode(error))) throw error;
    await writeOver(roomPath(stateDir), content).catch((second: unknown) => {
      throw errorCode(second) === "ENOENT" ? error : second;
    });
  }
}

/** One durable write buys this many numbers, so that reporting goes on for a while when the disk is full. */
const RESERVE = 32;
const MINUTE_MS = 60_000;

export type Counters = {
  readonly bootCounter: number;
  readonly startCounter: number;
  readonly droppedReports: number;
  /** What was wrong with the counters file at this start, or null. */
  readonly recovered: string | null;
  /** The next number, durably reserved before it is handed out: no crash can make it come twice. */
  nextSeq(): Promise<number>;
  /**
   * Counted before the reports are removed: a crash in between counts one too many, never one too few. Always counted in memory;
   * false: the disk refused, so nothing that is still on disk may be removed for it.
   */
  addDropped(reports: number): Promise<boolean>;
};

export type CountersStart = {
  stateDir: string;
  bootId: string;
  /** Highest order still named by the outbox or by the last acknowledgement, with the boot it was made in. */
  highestKnown: KnownOrder | null;
  nowMs: number;
  /** When this scanner was enrolled; bounds a wall clock that was set back. */
  enrolledAtMs: number;
};

/** Enrolment writes the first counters, so that a missing file always means a lost one. Existing counters go on rising. */
export async function foundCounters(stateDir: string): Promise<void> {
  const path = countersPath(stateDir);
  if ((await readKept(path, countersSchema)).state === "missing")
    await durableWrite(path, `${JSON.stringify(FIRST)}\n`);
}

/** Reads, raises and writes the counters of this start. Throws LinkError when the folder cannot be written. */
export async function startCounters(start: CountersStart): Promise<Counters> {
  const path = countersPath(start.stateDir);
  const kept = await readKept(path, countersSchema);
  if (kept.state === "denied")
    throw new LinkError(
      "state-denied",
      `${path} cannot be read (${kept.detail}). Run as its owner or as root.`,
    );
  const recovered = kept.state === "kept" ? null : kept.state === "torn" ? kept.detail : "is missing";
  const room = await readOver(roomPath(start.stateDir), countersSchema);
  const full = room.state === "kept" ? room.value : null;
  const highestKnown = higher(start.highestKnown, full && { ...full, seq: full.reservedSeq });
  const before = kept.state === "kept" ? later(kept.value, full) : recover({ ...start, highestKnown });
  const raised = raise(above(before, highestKnown), start.bootId);
  try {
    await keepCounters(start.stateDir, raised);
  } catch (error) {
    throw new LinkError(
      "state-unwritable",
      `${path} cannot be written (${error instanceof Error ? error.message : "unknown"}): without durable counters nothing is reported. Free space or fix the rights of the folder.`,
      { cause: error },
    );
  }
  // Without it a full disk ends reporting with the next start, as it would everywhere else: no reason not to begin now.
  await takeRoom(roomPath(start.stateDir)).catch((error: unknown) => errorCode(error));
  return countersOf(start.stateDir, raised, recovered);
}

function higher(a: KnownOrder | null, b: KnownOrder | null): KnownOrder | null {
  return a === null || (b !== null && compareOrder(b, a) > 0) ? b : a;
}

/** Of what was kept as usual and what was written on a full disk: whichever came last. */
function later(usual: CountersFile, full: CountersFile | null): CountersFile {
  if (full === null) return usual;
  const order = (file: CountersFile): Order => ({ ...file, seq: file.reservedSeq });
  const ahead = compareOrder(order(full), order(usual)) || full.droppedReports - usual.droppedReports;
  return ahead > 0 ? full : usual;
}

/**
 * A lost counters file never restarts at one: the server would hold newer reports and refuse all of ours. The minutes since 1970
 * stand in for the lost counter: larger than any honest one (a machine does not boot once a minute for 50 years), larger after a
 * second loss, and far inside 32 bits. A clock that was set back is bounded by the time of enrolment.
 *
 * Which counter: within the boot that the last known report was made in, the boot counter stays and the start counter leaps,
 * because one boot id under two boot counters means two machines to the server (K-07). In any other boot the boot counter leaps.
 */
function recover(start: CountersStart): CountersFile {
  const leap = Math.floor(Math.max(start.nowMs, start.enrolledAtMs) / MINUTE_MS);
  const known = start.highestKnown;
  if (known !== null && known.bootId === start.bootId)
    return { ...FIRST, bootId: start.bootId, bootCounter: known.bootCounter, startCounter: leap };
  return { ...FIRST, bootCounter: leap };
}

/** Whatever the file says, nothing at or below an order that is known to be used is handed out again. */
function above(file: CountersFile, known: KnownOrder | null): CountersFile {
  if (known === null) return file;
  return {
    ...file,
    bootCounter: Math.max(file.bootCounter, known.bootCounter),
    startCounter: Math.max(file.startCounter, known.startCounter),
    reservedSeq: Math.max(file.reservedSeq, known.seq),
  };
}

function raise(file: CountersFile, bootId: string): CountersFile {
  return {
    ...file,
    bootId,
    bootCounter: file.bootCounter + (file.bootId === bootId && file.bootCounter > 0 ? 0 : 1),
    startCounter: file.startCounter + 1,
    reservedSeq: file.reservedSeq + RESERVE,
  };
}

function countersOf(stateDir: string, first: CountersFile, recovered: string | null): Counters {
  let file = first;
  let used = first.reservedSeq - RESERVE;
  let tail: Promise<unknown> = Promise.resolve();
  /** One write after the other: observing and talking both come here. A failed write changes nothing. */
  function keep(change: (before: CountersFile) => CountersFile): Promise<void> {
    const write = async () => {
      const next = change(file);
      await keepCounters(stateDir, next);
      file = next;
    };
    const done = tail.then(write, write);
    tail = done;
    return done;
  }
  return {
    get bootCounter() {
      return file.bootCounter;
    },
    get startCounter() {
      return file.startCounter;
    },
    get droppedReports() {
      return file.droppedReports;
    },
    recovered,
    async nextSeq() {
      if (used + 1 > file.reservedSeq)
        await keep((before) => ({ ...before, reservedSeq: before.reservedSeq + RESERVE }));
      used += 1;
      return used;
    },
    async addDropped(reports) {
      file = { ...file, droppedReports: file.droppedReports + reports };
      try {
        await keep((before) => before);
        return true;
      } catch (error) {
        if (errorCode(error) === "") throw error;
        return false;
      }
    },
  };
}
