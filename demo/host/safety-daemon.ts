import { Duplex } from "node:stream";
import type { SafetyState } from "#core/safety/socket.ts";
import type { Picture } from "#demo/host/picture.ts";

/** One connection to a safety daemon (docs/safety-socket.md): it speaks, and ends when somebody speaks to it. */
class SafetyStream extends Duplex {
  constructor() {
    super({ allowHalfOpen: false });
  }

  override _read(): void {
    // Lines are pushed when the daemon says them.
  }

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    this.destroy();
    done();
  }
}

/** The daemon of one host: greets, tells its state on every change and whenever it is asked to, and leaves slow readers. */
export class SafetyDaemon {
  readonly #streams = new Set<SafetyStream>();
  #line: Buffer | null;
  #hello: Buffer;

  constructor(picture: Picture) {
    this.#line = stateLine(picture);
    this.#hello = helloLine(picture);
  }

  /** Null: nobody listens. */
  connect(): Duplex | null {
    const line = this.#line;
    if (line === null) return null;
    const stream = new SafetyStream();
    this.#streams.add(stream);
    stream.once("close", () => this.#streams.delete(stream));
    stream.push(this.#hello);
    stream.push(line);
    return stream;
  }

  /** Says its state again, unchanged. */
  beat(): void {
    if (this.#line === null) return;
    for (const stream of this.#streams)
      if (!stream.push(this.#line) && stream.readableLength > MOST_UNREAD_BYTES) stream.destroy();
  }

  look(picture: Picture): void {
    const line = stateLine(picture);
    if (line === null) this.end();
    const changed = line !== null && this.#line !== null && !line.equals(this.#line);
    this.#line = line;
    this.#hello = helloLine(picture);
    if (changed) this.beat();
  }

  end(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#streams.clear();
  }
}

const MOST_UNREAD_BYTES = 256 * 1024;

function helloLine({ model: { safety } }: Picture): Buffer {
  const { daemon, version } = safety ?? { daemon: "safetyd", version: "0" };
  return Buffer.from(`${JSON.stringify({ type: "hello", schema: "fiducial.safety/1", daemon, version })}\n`);
}

function stateLine(picture: Picture): Buffer | null {
  const said = safetyStateOf(picture);
  return said === null ? null : Buffer.from(`${JSON.stringify(said)}\n`);
}

/** What the daemon of a host would say now; null: nobody is there who could. */
export function safetyStateOf({ model, safety, state }: Picture): SafetyState | null {
  if (safety === null || safety.process === "gone") return null;
  const labels = model.safety?.chain ?? [];
  return {
    type: "state",
    state: safety.state,
    chain: labels.map(({ id, label }) => ({ id, label, state: safety.chain[id] ?? "unknown" })),
    latched: safety.latched,
    permission: safety.permission,
    bypasses: safety.bypasses,
    limitsHash: safety.limitsHash,
    energised: state.scan.energised,
    scanState: state.scan.state,
    lastSelfTestAtMs: state.lastSelfTestAtMs,
  };
}

const SLOTS = 20;
const SLOT_MS = 50;

/**
 * Lets every daemon of the process speak once a second, a few at a time: one timer instead of a thousand. How far the round has come
 * is decided by the hosts' own clock, so that a process that was held up makes up for it and no daemon seems to fall silent.
 */
export class SafetyRounds {
  readonly #slots: Set<SafetyDaemon>[] = Array.from({ length: SLOTS }, () => new Set());
  readonly #timer: NodeJS.Timeout;
  readonly #clock: { steadyMs(): number; tick?(): void };
  #joined = 0;
  #beaten: number;

  constructor(clock: { steadyMs(): number; tick?(): void } = { steadyMs: () => performance.now() }) {
    this.#clock = clock;
    this.#beaten = this.#due();
    this.#timer = setInterval(() => this.#go(), SLOT_MS);
  }

  /** Returns the way to leave. */
  join(daemon: SafetyDaemon): () => void {
    const slot = this.#slots[this.#joined % SLOTS];
    this.#joined += 1;
    slot?.add(daemon);
    return () => slot?.delete(daemon);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #due(): number {
    return Math.floor(this.#clock.steadyMs() / SLOT_MS);
  }

  #go(): void {
    this.#clock.tick?.();
    const due = this.#due();
    // A clock that was put somewhere else altogether is no reason to speak more than once.
    if (Math.abs(due - this.#beaten) > SLOTS) this.#beaten = due - SLOTS;
    for (; this.#beaten < due; this.#beaten += 1)
      for (const daemon of this.#slots[this.#beaten % SLOTS] ?? []) daemon.beat();
  }
}
