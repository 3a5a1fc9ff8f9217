import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Effort, Outcome } from "#tests/bench/bench.ts";
import type { Machine } from "#tests/bench/machine.ts";

/** One run of one bench as it is kept, one file each, until the next run of the same bench. */
export type Result = {
  bench: string;
  about: string;
  outcome: Outcome | { kind: "failed"; why: string };
  effort: Effort;
  /** ISO 8601. */
  at: string;
  tookS: number;
  commit: string;
  machine: Machine;
  /** Share of the machine, 0 to 1, that others took just before. */
  busy: number;
};

/** Above this the machine was not ours alone, and the page says so. */
export const BUSY_FROM = 0.1;

const FOLDER = ".cache/bench/results";

export function keepResult(result: Result): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${result.bench}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

/** Files of ours, read back; a result of an older form lacks what the page needs and is measured again. */
export function keptResults(): Result[] {
  if (!existsSync(FOLDER)) return [];
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  return files.map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Result);
}
