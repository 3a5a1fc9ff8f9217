import type { Spool, WholeNar } from "#agent/fetch/spool.ts";

/** What is placed at a time: a run that is killed finds the rest as parts, and has only to read them again. */
const MOST_FILES = 128;
const MOST_BYTES = 64 * 1024 * 1024;

/** Gathers what came whole, and places it a shelf at a time while the download goes on. */
export class Shelf {
  readonly #spool: Pick<Spool, "place">;
  #files: WholeNar[] = [];
  #placing: Promise<void> = Promise.resolve();

  readonly #placed: () => void;

  /** `placed`: called when more of them have their names and others are to come. */
  constructor(spool: Pick<Spool, "place">, placed: () => void) {
    this.#spool = spool;
    this.#placed = placed;
  }

  /** Waits where a disk is slower than the network: no more than one full shelf stands in its way. */
  async take(file: WholeNar): Promise<void> {
    this.#files.push(file);
    const bytes = this.#files.reduce((sum, one) => sum + one.bytes, 0);
    if (this.#files.length < MOST_FILES && bytes < MOST_BYTES) return;
    await this.#placing;
    this.#place();
    this.#placing.then(this.#placed, () => undefined);
  }

  async end(): Promise<void> {
    await this.#placing;
    this.#place();
    await this.#placing;
  }

  #place(): void {
    const files = this.#files;
    this.#files = [];
    this.#placing = this.#spool.place(files);
    // Whoever waits for it next hears of it.
    this.#placing.catch(() => undefined);
  }
}
