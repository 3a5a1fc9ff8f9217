import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { System } from "#agent/system.ts";
import { SAFETY_LINE_BYTES } from "#core/safety/socket.ts";
import { LineSplitter } from "./line-splitter.ts";
import {
  type Hearing,
  type HearingEvent,
  hear,
  linkOf,
  NOTHING_HEARD,
  nextCheckMs,
} from "./safety-hearing.ts";

/** A daemon sends a line a second and one per change; a hundred times that is a defect the agent must survive. */
export const MAX_LINES_PER_SECOND = 100;
const MAX_BYTES_PER_SECOND = 256 * 1024;
const RETRY_MS = { first: 100, refused: 2_000, missing: 30_000 };

export type SafetyListener = {
  /** Connects and stays connected; `changed` when the link or the content of the last state changed. */
  start(changed: () => void): void;
  stop(): void;
  /** Try again at once: the socket file has just been created. */
  poke(): void;
  hearing(): Hearing;
};

/** A daemon greets and tells its state at once; what takes longer is no reason to hold up a report. */
const FIRST_STATE_MS = 1_500;
const FIRST_STATE_POLL_MS = 20;

/**
 * Before a reading: gives the daemon a moment to say its first word, so that the first report after a start is not needlessly
 * unknown. Without a watch the listener is started for this reading only; call the returned function after it.
 */
export async function waitForSafety(
  listener: SafetyListener,
  system: System,
  watching: boolean,
): Promise<() => void> {
  if (!watching) listener.start(() => {});
  const untilMs = system.monotonicMs() + FIRST_STATE_MS;
  while (!isSettled(listener.hearing(), system.monotonicMs()) && system.monotonicMs() < untilMs)
    await sleep(FIRST_STATE_POLL_MS);
  return watching ? () => {} : () => listener.stop();
}

/** Whether this start has an answer: refused, heard, or open for so long that silence is the answer. */
function isSettled(hearing: Hearing, nowMs: number): boolean {
  if (hearing.refusal !== null || hearing.problem !== null) return true;
  return hearing.openSinceMs !== null && linkOf(hearing, nowMs) !== "unknown";
}

/** Listens to the safety daemon and never sends it a byte (docs/safety-socket.md). Only one connection is ever open. */
export function createSafetyListener(system: System, path: string): SafetyListener {
  return new Listener(system, path);
}

class Listener implements SafetyListener {
  readonly #system: System;
  readonly #path: string;
  #hearing: Hearing = NOTHING_HEARD;
  #changed: (() => void) | null = null;
  #told: Telling | null = null;
  #stream: Duplex | null = null;
  #connecting = false;
  #retry: NodeJS.Timeout | null = null;
  #retryMs = RETRY_MS.first;
  #check: NodeJS.Timeout | null = null;

  constructor(system: System, path: string) {
    this.#system = system;
    this.#path = path;
  }

  start(changed: () => void): void {
    this.#changed = changed;
    // What an earlier start was refused says nothing about this one.
    this.#hearing = { ...this.#hearing, refusal: null };
    void this.#connect();
  }

  stop(): void {
    this.#changed = null;
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#check !== null) clearTimeout(this.#check);
    this.#retry = null;
    this.#check = null;
    this.#stream?.destroy();
  }

  poke(): void {
    if (this.#changed === null || this.#stream !== null) return;
    this.#retryMs = RETRY_MS.first;
    void this.#connect();
  }

  hearing(): Hearing {
    return this.#hearing;
  }

  async #connect(): Promise<void> {
    if (this.#connecting || this.#stream !== null) return;
    this.#connecting = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    const connected = await this.#system.connect(this.#path);
    this.#connecting = false;
    if (this.#changed === null) {
      if (connected.ok) connected.value.destroy();
      return;
    }
    if (connected.ok) return this.#listen(connected.value);
    this.#take({ kind: "refused", problem: connected.problem, detail: connected.detail });
    this.#retryLater(connected.problem === "missing" ? RETRY_MS.missing : RETRY_MS.refused);
  }

  #listen(stream: Duplex): void {
    this.#stream = stream;
    const splitter = new LineSplitter(SAFETY_LINE_BYTES);
    const budget = new Budget(() => this.#system.monotonicMs());
    this.#take({ kind: "opened" });
    stream.on("data", (chunk: Buffer) => {
      if (stream.destroyed) return;
      let excess = budget.bytes(chunk.length);
      for (const piece of splitter.add(chunk)) {
        excess ??= budget.line();
        if (excess !== null) break;
        this.#take(piece);
      }
      if (excess === null) return;
      this.#take({ kind: "bad", text: excess });
      stream.destroy();
    });
    // The close event that follows tells the rest; without a listener the error would end the process.
    stream.on("error", (error) => stream.destroy(error));
    // A daemon that ends its side has left; holding the half-open stream would look like silence.
    stream.on("end", () => stream.destroy());
    stream.on("close", () => this.#closed());
  }

  #closed(): void {
    this.#stream = null;
    this.#take({ kind: "closed" });
    this.#retryLater(RETRY_MS.refused);
  }

  #retryLater(capMs: number): void {
    if (this.#changed === null) return;
    this.#retry = setTimeout(() => void this.#connect(), Math.min(this.#retryMs, capMs));
    this.#retryMs = Math.min(this.#retryMs * 2, capMs);
  }

  #take(event: HearingEvent): void {
    this.#hearing = hear(this.#hearing, event, this.#system.monotonicMs());
    this.#tell();
  }

  #tell(): void {
    if (this.#changed === null) return;
    const nowMs = this.#system.monotonicMs();
    const { last, hello, problem } = this.#hearing;
    const link = linkOf(this.#hearing, nowMs);
    // Only a daemon that is heard earns quick retries again; one that accepts and drops us does not.
    if (link === "connected") this.#retryMs = RETRY_MS.first;
    this.#checkAt(nowMs);
    const telling: Telling = { link, last, hello, problem: problem?.text ?? null };
    const before = this.#told;
    this.#told = telling;
    if (before === null || !isSameTelling(before, telling)) this.#changed();
  }

  #checkAt(nowMs: number): void {
    if (this.#check !== null) clearTimeout(this.#check);
    const at = nextCheckMs(this.#hearing, nowMs);
    this.#check = at === null ? null : setTimeout(() => this.#tell(), Math.max(1, at - nowMs));
  }
}

type Telling = { link: string; last: unknown; hello: unknown; problem: string | null };

/** Most of the time nothing is new, which the objects themselves tell without a look into them. */
function isSameTelling(a: Telling, b: Telling): boolean {
  if (a.link !== b.link || a.problem !== b.problem) return false;
  const isSame = (one: unknown, other: unknown) =>
    one === other || JSON.stringify(one) === JSON.stringify(other);
  return isSame(a.last, b.last) && isSame(a.hello, b.hello);
}

/** Counts what one connection sends in a second; a text when it is too much. */
class Budget {
  readonly #clock: () => number;
  #since: number;
  #lines = 0;
  #bytes = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#since = clock();
  }

  bytes(count: number): string | null {
    const nowMs = this.#clock();
    if (nowMs - this.#since >= 1_000) {
      this.#since = nowMs;
      this.#lines = 0;
      this.#bytes = 0;
    }
    this.#bytes += count;
    return this.#bytes > MAX_BYTES_PER_SECOND ? `over ${MAX_BYTES_PER_SECOND} bytes in a second` : null;
  }

  line(): string | null {
    this.#lines += 1;
    return this.#lines > MAX_LINES_PER_SECOND ? `over ${MAX_LINES_PER_SECOND} lines in a second` : null;
  }
}
