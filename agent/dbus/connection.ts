import type { Duplex } from "node:stream";
import { authenticate } from "./authentication.ts";
import { Framing } from "./framing.ts";
import { decodeMessage, encodeMessage, type Header, type Received } from "./message.ts";
import { DbusError, type Value } from "./signature.ts";

export type Call = {
  destination: string;
  path: string;
  interface: string;
  member: string;
  signature?: string;
  body?: readonly Value[];
};
/** Throws `malformed` when read and not as its signature says; the reader decides whether it needs the body at all. */
export type Signal = Header & { readBody: () => readonly Value[] };

export type ConnectOptions = {
  userId: number;
  /** For authentication and for every call. */
  timeoutMs: number;
  onSignal: (signal: Signal) => void;
  /** Once, for whatever reason; every open call has failed with the same error by then. */
  onClosed: (error: DbusError) => void;
};

const MAX_OPEN_CALLS = 4096;
const DBUS = "org.freedesktop.DBus";

type Pending = {
  resolve: (body: readonly Value[]) => void;
  reject: (error: DbusError) => void;
  timer: NodeJS.Timeout;
};

/**
 * A client connection to a message bus: calls answered by serial, signals handed on. A peer that breaks the protocol costs the
 * connection and never the process.
 */
export class DbusConnection {
  readonly #stream: Duplex;
  readonly #options: ConnectOptions;
  readonly #framing = new Framing();
  readonly #open = new Map<number, Pending>();
  #serial = 0;
  #ended: DbusError | null = null;

  private constructor(stream: Duplex, options: ConnectOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  /** Authenticates and says hello on an open stream; rejects with a DbusError and leaves the stream destroyed. */
  static async begin(stream: Duplex, options: ConnectOptions): Promise<DbusConnection> {
    const connection = new DbusConnection(stream, options);
    // Also before authentication has its own listener, and after the end: a late error event must not end the process.
    stream.on("error", (error) => connection.#end(new DbusError("closed", error.message, { cause: error })));
    try {
      const behind = await authenticate(stream, options.userId, options.timeoutMs);
      stream.on("data", (chunk: Buffer) => connection.#take(chunk));
      // A bus that ended its side answers nothing any more; waiting for our own side to close would be waiting for time-outs.
      for (const event of ["end", "close"])
        stream.on(event, () => connection.#end(new DbusError("closed", "bus closed the connection")));
      if (behind.length > 0) connection.#take(behind);
      stream.resume();
      await connection.call({
        destination: DBUS,
        path: "/org/freedesktop/DBus",
        interface: DBUS,
        member: "Hello",
      });
      return connection;
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  /** The body of the reply; rejects with a DbusError (`error-reply` carries the name of the D-Bus error). */
  call(call: Call): Promise<readonly Value[]> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    if (this.#open.size >= MAX_OPEN_CALLS)
      return Promise.reject(new DbusError("refused", "too many calls at once"));
    this.#serial = (this.#serial % 0xffffffff) + 1;
    const serial = this.#serial;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#open.delete(serial);
        reject(new DbusError("timeout", `${call.member}: no reply in ${this.#options.timeoutMs} ms`));
      }, this.#options.timeoutMs);
      this.#open.set(serial, { resolve, reject, timer });
      this.#stream.write(encodeMessage({ type: "call", serial, body: [], ...call }));
    });
  }

  async addMatch(rule: string): Promise<void> {
    await this.call({
      destination: DBUS,
      path: "/org/freedesktop/DBus",
      interface: DBUS,
      member: "AddMatch",
      signature: "s",
      body: [rule],
    });
  }

  close(): void {
    this.#end(new DbusError("closed", "closed by us"));
  }

  #take(chunk: Buffer): void {
    if (this.#ended !== null) return;
    try {
      for (const bytes of this.#framing.add(chunk)) {
        const message = decodeMessage(bytes);
        if (message !== null) this.#receive(message);
      }
    } catch (error) {
      if (!(error instanceof DbusError)) throw error;
      this.#end(error);
    }
  }

  #receive(message: Received): void {
    if (message.type === "signal") {
      this.#options.onSignal(message);
      return;
    }
    // A call to us or the reply to one that was given up: nobody waits for it.
    const pending = message.replySerial === undefined ? undefined : this.#open.get(message.replySerial);
    if (pending === undefined || message.replySerial === undefined || message.type === "call") return;
    this.#open.delete(message.replySerial);
    clearTimeout(pending.timer);
    if (message.type === "reply") pending.resolve(readOrEnd(message, pending));
    else pending.reject(new DbusError("error-reply", message.errorName ?? "an error without a name"));
  }

  #end(error: DbusError): void {
    if (this.#ended !== null) return;
    this.#ended = error;
    this.#stream.destroy();
    for (const pending of this.#open.values()) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
    this.#open.clear();
    this.#options.onClosed(error);
  }
}

/** A reply whose body cannot be read fails its own call, and then, by throwing on, the connection. */
function readOrEnd(message: Received, pending: Pending): readonly Value[] {
  try {
    return message.readBody();
  } catch (error) {
    if (error instanceof DbusError) pending.reject(error);
    throw error;
  }
}
