import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, messageOf } from "#agent/link/durable.ts";
import type { Heads } from "#agent/link/heads.ts";
import type { Observer } from "#agent/link/observe.ts";
import type { Problems } from "#agent/link/problems.ts";
import { nextLookMs } from "#agent/link/schedule.ts";
import { Sleeper } from "#agent/link/sleeper.ts";
import type { Talker } from "#agent/link/talk.ts";

export type LoopParts = {
  watch: (changed: (why: string) => void) => () => void;
  observer: Pick<Observer, "look">;
  talker: Pick<Talker, "step">;
  heads: Pick<Heads, "keep">;
  problems: Problems;
  runDir: string;
  clockMs: () => number;
  random: () => number;
  /** Called after each look and each message: writes what `fiducial status` reads. */
  progressed: () => Promise<void>;
  log: (line: string) => void;
};

/** A loop that has been inside one step for longer than this hangs; `agent.alive` then grows old and the guard restarts the agent. */
const STUCK_MS = 90_000;
const HEADS_KEEP_MS = 5 * 60_000;
const AFTER_DISK_TROUBLE_MS = 5_000;
/** Longest the talking loop sleeps in one go, so that a new report never waits for an old plan. */
const LONGEST_SLEEP_MS = 60_000;

/**
 * Two loops that never wait for each other: one looks at the host and fills the outbox, one talks to the server and empties it.
 * A server that hangs cannot keep a report from being written down, a sick probe cannot keep a heartbeat from being sent.
 */
export class Loop {
  readonly #parts: LoopParts;
  readonly #stopping = new AbortController();
  readonly #looking = new Sleeper();
  readonly #talking = new Sleeper();
  readonly #done: Promise<void>;
  readonly #unwatch: () => void;
  #changed = false;
  #asked = false;
  #talkSinceMs: number | null = null;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#unwatch = parts.watch(() => {
      this.#changed = true;
      this.#looking.wake();
    });
    this.#done = Promise.all([this.#look(), this.#talk()]).then(() => undefined);
  }

  /** Rejects if a loop met a defect of the agent itself: the process should end and be started anew. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** The server wants the facts: look and report, changed or not. */
  askFull(): void {
    this.#asked = true;
    this.#looking.wake();
  }

  /** Ends both loops cleanly; what waits stays in the outbox. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#unwatch();
    this.#looking.wake();
    this.#talking.wake();
    await this.#done;
    // A full disk loses the last heads that were seen; it does not make an ordinary end a failed one.
    await this.#step(() => this.#parts.heads.keep().then(() => 0));
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #look(): Promise<void> {
    const { observer, clockMs, log } = this.#parts;
    while (!this.#stopped) {
      const atMs = clockMs();
      const asked = this.#asked;
      this.#asked = false;
      this.#changed = false;
      const { reported, problem } = await observer.look(asked);
      if (problem !== null) log(`a report could not be kept on disk: ${problem}`);
      if (reported !== null) this.#talking.wake();
      await this.#alive();
      await this.#parts.progressed();
      await this.#calm(atMs);
    }
  }

  /** Waits for the next periodic look, or after a change for as long as keeps a flapping host from costing more than it tells. */
  async #calm(lastLookMs: number): Promise<void> {
    const { clockMs, random } = this.#parts;
    const periodicMs = nextLookMs(lastLookMs, false, random());
    const calmMs = nextLookMs(lastLookMs, true, random());
    while (!this.#stopped) {
      const untilMs = this.#changed || this.#asked ? calmMs : periodicMs;
      if (clockMs() >= untilMs) return;
      await this.#looking.sleep(untilMs - clockMs());
    }
  }

  async #talk(): Promise<void> {
    const { talker, clockMs } = this.#parts;
    let keepHeadsAtMs = clockMs() + HEADS_KEEP_MS;
    while (!this.#stopped) {
      this.#talkSinceMs = clockMs();
      const waitMs = await this.#step(() => talker.step(this.#stopping.signal));
      if (clockMs() >= keepHeadsAtMs) {
        await this.#step(() => this.#parts.heads.keep().then(() => 0));
        keepHeadsAtMs = clockMs() + HEADS_KEEP_MS;
      }
      this.#talkSinceMs = null;
      await this.#parts.progressed();
      if (!this.#stopped) await this.#talking.sleep(Math.min(waitMs, LONGEST_SLEEP_MS));
    }
  }

  /** What the disk refuses is a problem to report and a reason to wait; anything else is a defect and ends the process. */
  async #step(work: () => Promise<number>): Promise<number> {
    try {
      const waitMs = await work();
      this.#parts.problems.set("state folder", null);
      return waitMs;
    } catch (error) {
      if (errorCode(error) === "") throw error;
      this.#parts.problems.set("state folder", messageOf(error));
      this.#parts.log(`the state folder: ${messageOf(error)}`);
      return AFTER_DISK_TROUBLE_MS;
    }
  }

  /** The guard restarts an agent whose file is older than 120 s (decisions.md); a hanging talk loop must let it grow old. */
  async #alive(): Promise<void> {
    const stuck = this.#talkSinceMs !== null && this.#parts.clockMs() - this.#talkSinceMs > STUCK_MS;
    if (stuck) return;
    try {
      await touch(join(this.#parts.runDir, "agent.alive"));
      this.#parts.problems.set("agent.alive", null);
    } catch (error) {
      this.#parts.problems.set("agent.alive", messageOf(error));
    }
  }
}

/** Only the time of the file counts, so it is only written where it is not there. */
async function touch(path: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(path, now, now);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    await writeFile(path, "");
  }
}
