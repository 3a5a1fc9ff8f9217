import { type ChildProcess, spawn } from "node:child_process";
import { FETCH_EXIT, nextFetch } from "#agent/link/fetch-plan.ts";
import type { Problems } from "#agent/link/problems.ts";
import { Sleeper } from "#agent/link/sleeper.ts";

/** How the runner starts the program and hears of its end; a test starts nothing. */
export type FetchChild = { ended: Promise<{ status: number; last: string }>; stop: () => void };

export type FetchRunnerParts = {
  start: () => FetchChild;
  scanning: () => boolean;
  underWay: () => boolean;
  problems: Pick<Problems, "set">;
  clockMs: () => number;
  random: () => number;
  log: (line: string) => void;
};

/** How soon the end of a scan, or its beginning, is noticed. */
const LOOK_MS = 2_000;
const LONGEST_SLEEP_MS = 15_000;

/**
 * Runs the program that fetches changes, one at a time and never during a scan (SEE-17). The resident agent verifies nothing itself: it
 * only knows when to look, and passes on how that ended.
 */
export class FetchRunner {
  readonly #parts: FetchRunnerParts;
  readonly #sleeper = new Sleeper();
  readonly #done: Promise<void>;
  #stopped = false;
  #seen: number | null = null;
  #asked = true;
  #failures = 0;
  #endedMs: number | null = null;

  constructor(parts: FetchRunnerParts) {
    this.#parts = parts;
    this.#done = this.#loop();
  }

  /**
   * The server's word that there is something new, with every acknowledgement. The first one asks, too: the look at the start may have
   * begun before what the server speaks of was there.
   */
  see(directorVersion: number): void {
    if (this.#seen === directorVersion) return;
    this.#seen = directorVersion;
    this.#asked = true;
    this.#sleeper.wake();
  }

  /** Rejects when the runner met a defect of its own. */
  get done(): Promise<void> {
    return this.#done;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#sleeper.wake();
    await this.#done;
  }

  async #loop(): Promise<void> {
    let random = this.#parts.random();
    while (!this.#stopped) {
      const next = nextFetch({
        nowMs: this.#parts.clockMs(),
        endedMs: this.#endedMs,
        asked: this.#asked,
        failures: this.#failures,
        underWay: this.#parts.underWay(),
        scanning: this.#parts.scanning(),
        random,
      });
      if (next.run) {
        await this.#run();
        random = this.#parts.random();
      } else await this.#sleeper.sleep(Math.min(next.waitMs, LONGEST_SLEEP_MS));
    }
  }

  async #run(): Promise<void> {
    const { start, scanning, clockMs, problems, log } = this.#parts;
    this.#asked = false;
    const child = start();
    let isRunning = true;
    let isCutOff = false;
    const ended = child.ended.finally(() => {
      isRunning = false;
      this.#sleeper.wake();
    });
    while (isRunning) {
      if (!isCutOff && (this.#stopped || scanning())) {
        isCutOff = true;
        child.stop();
      }
      await this.#sleeper.sleep(LOOK_MS);
    }
    const { status, last } = await ended;
    this.#endedMs = clockMs();
    // What was cut off for a scan is begun again when the scan is over, not a quarter of an hour later.
    if (isCutOff) this.#asked = true;
    this.#failures = status === FETCH_EXIT.done || isCutOff ? 0 : this.#failures + 1;
    // A server that is away says nothing about what it did before.
    if (status === FETCH_EXIT.done) problems.set("changes", null);
    else if (status !== FETCH_EXIT.later) problems.set("changes", last);
    if (status !== FETCH_EXIT.done) log(`changes: ${last}`);
  }
}

const MOST_SAID_BYTES = 64 * 1024;
/** One that is told to end has nothing to lose: what it wrote is whole or is written anew. An agent that waits for it longer holds up a switch. */
const ENDING_MS = 5_000;

/**
 * A download is a gigabyte of short-lived buffers: on threads of its own V8's collector marks the whole heap a hundred times meanwhile, which
 * took more of a processor than the download.
 */
const COLLECTOR = ["--single-threaded-gc"];

/** Starts the program with this agent's own environment, in which the proxy is named. */
export function startFetch(program: string): FetchChild {
  const isScript = program.endsWith(".mjs");
  const child = spawn(isScript ? process.execPath : program, isScript ? [...COLLECTOR, program] : [], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece: Buffer) => {
      said = `${said}${piece.toString("utf8")}`.slice(-MOST_SAID_BYTES);
    });
  const ended = endOf(child, () => said);
  return {
    ended,
    stop() {
      child.kill("SIGTERM");
      const harder = setTimeout(() => void child.kill("SIGKILL"), ENDING_MS);
      void ended.finally(() => clearTimeout(harder));
    },
  };
}

function endOf(child: ChildProcess, said: () => string): Promise<{ status: number; last: string }> {
  const last = () => said().trimEnd().split("\n").at(-1) ?? "";
  return new Promise((resolve) => {
    child.once("error", (error) =>
      resolve({ status: FETCH_EXIT.failed, last: `fiducial-fetch cannot be started: ${error.message}` }),
    );
    child.once("close", (status, signal) =>
      resolve({ status: status ?? FETCH_EXIT.later, last: signal === null ? last() : `ended by ${signal}` }),
    );
  });
}
