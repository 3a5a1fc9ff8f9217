export type Piece = { kind: "line"; text: string } | { kind: "bad"; text: string };

/**
 * Cuts a byte stream into lines of at most `maxBytes` without the newline. Holds no more than that, whatever is sent: the rest
 * of a line that is too long is thrown away as it comes.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #pending: Buffer = Buffer.alloc(0);
  #skipping = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  *add(chunk: Buffer): Generator<Piece> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(0x0a, start);
      const part = chunk.subarray(start, end === -1 ? chunk.length : end);
      if (!this.#skipping && this.#pending.length + part.length > this.#maxBytes) {
        this.#skipping = true;
        this.#pending = Buffer.alloc(0);
        yield { kind: "bad", text: `line over ${this.#maxBytes} bytes` };
      }
      if (!this.#skipping && part.length > 0) this.#pending = Buffer.concat([this.#pending, part]);
      if (end === -1) return;
      if (!this.#skipping) yield this.#line();
      this.#pending = Buffer.alloc(0);
      this.#skipping = false;
      start = end + 1;
    }
  }

  #line(): Piece {
    try {
      return { kind: "line", text: this.#decoder.decode(this.#pending) };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return { kind: "bad", text: "not UTF-8" };
    }
  }
}
