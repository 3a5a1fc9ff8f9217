import { messageLength } from "./message.ts";

/** Cuts a byte stream into messages; holds at most one message (MAX_MESSAGE_BYTES) and what came behind it in the same chunk. */
export class Framing {
  #chunks: Buffer[] = [];
  #total = 0;
  #needed = 0;

  /** The messages completed by this chunk; throws `malformed` or `too-large`, after which the stream has no meaning any more. */
  *add(chunk: Buffer): Generator<Buffer> {
    this.#chunks.push(chunk);
    this.#total += chunk.length;
    if (this.#total < this.#needed) return;
    let pending = Buffer.concat(this.#chunks, this.#total);
    for (;;) {
      const length = messageLength(pending);
      this.#needed = length ?? 0;
      if (length === null || pending.length < length) break;
      yield pending.subarray(0, length);
      pending = pending.subarray(length);
    }
    this.#chunks = [pending];
    this.#total = pending.length;
  }
}
