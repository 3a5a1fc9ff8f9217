import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

/** What became of a file that nobody synced. `empty`: the name is there and the bytes are not. */
export const CANARY = ["lost", "empty", "whole"] as const;

export const SONG = "a file that nobody may need\n".repeat(200);

/** A file on the scanner's disk that says what a cut took. */
export class Canary {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  write({ synced }: { synced: boolean }): void {
    rmSync(this.#file, { force: true });
    const file = openSync(this.#file, "w");
    writeSync(file, SONG);
    if (synced) fsyncSync(file);
    closeSync(file);
    if (!synced) return;
    const folder = openSync(path.dirname(this.#file), "r");
    fsyncSync(folder);
    closeSync(folder);
  }

  seen(): (typeof CANARY)[number] {
    if (!existsSync(this.#file)) return "lost";
    return readFileSync(this.#file, "utf8") === SONG ? "whole" : "empty";
  }
}
