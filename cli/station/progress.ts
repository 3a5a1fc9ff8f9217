import { bytesText } from "#core/time/duration.ts";

const FIRST_AFTER_MS = 1000;
const EVERY_MS = 500;

/** One line that moves, for work that takes longer than a second; on what is no terminal a line at its end only. */
export class Progress {
  readonly #what: string;
  readonly #totalBytes: number;
  readonly #startedMs = performance.now();
  #doneBytes = 0;
  #saidMs = 0;

  constructor(what: string, totalBytes: number) {
    this.#what = what;
    this.#totalBytes = totalBytes;
  }

  add(bytes: number): void {
    this.#doneBytes += bytes;
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#startedMs < FIRST_AFTER_MS || now - this.#saidMs < EVERY_MS)
      return;
    this.#saidMs = now;
    process.stderr.write(
      `\r${this.#what}: ${bytesText("en", this.#doneBytes)} of ${bytesText("en", this.#totalBytes)}  `,
    );
  }

  end(): void {
    if (this.#saidMs > 0) process.stderr.write("\n");
    else if (performance.now() - this.#startedMs >= FIRST_AFTER_MS)
      process.stderr.write(`${this.#what}: ${bytesText("en", this.#doneBytes)}\n`);
  }
}
