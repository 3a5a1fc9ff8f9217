import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type * as z from "zod";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** `sweep`: what this machine saw since somebody removed dist/<name>.jsonl; `kept`: what was committed of earlier sweeps. */
const FOLDERS = { sweep: path.join(ROOT, "dist"), kept: path.join(import.meta.dirname, "results") } as const;

/** One line of JSON for each case that was seen, in the order in which they ended. A case that was run again has two. */
export class SweepLog<S extends z.ZodType> {
  readonly #name: string;
  readonly #schema: S;

  constructor(name: string, schema: S) {
    this.#name = name;
    this.#schema = schema;
  }

  note(result: z.infer<S>): void {
    mkdirSync(FOLDERS.sweep, { recursive: true });
    appendFileSync(path.join(FOLDERS.sweep, `${this.#name}.jsonl`), `${JSON.stringify(result)}\n`);
  }

  read(from: keyof typeof FOLDERS = "sweep"): z.infer<S>[] {
    const file = path.join(FOLDERS[from], `${this.#name}.jsonl`);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => this.#schema.parse(JSON.parse(line)));
  }
}
