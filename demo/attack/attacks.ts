import { setTimeout as pause } from "node:timers/promises";
import type { Seen } from "#core/change/event.ts";
import type { AttackedScanner } from "#demo/attack/attacked-scanner.ts";
import type { Answer } from "#demo/attack/look.ts";
import type { Expected, Script } from "#demo/attack/script.ts";
import { SCRIPTS } from "#demo/attack/scripts.ts";

/** How one attack went, by what was observed. */
export type Attack = {
  id: string;
  serial: string;
  scannerId: string;
  /** `through`: the scanner did not answer as the script demands. */
  state: "under-way" | "held" | "through" | "failed";
  /** Of each move in turn, all that the scanner said. */
  answers: readonly (readonly Answer[])[];
  /** What ran before and after, as the scanner sees itself; null: not yet looked at. */
  seen: { before: Seen; after: Seen } | null;
  /** Name of the release that runs; null: it has none. */
  runs: string | null;
};

/** Somebody's scanner under attack: what the fleet lends for as long as it lasts. */
export type Lent = {
  serial: string;
  scannerId: string;
  open: () => Promise<AttackedScanner>;
  runs: () => string | null;
  /** Whatever happened: the scan is over, and the scanner looks at its own server again. */
  handBack: () => void;
};

/** How long each answer stands before the next attack, and a scan goes on after the scanner said that it waits. Milliseconds. */
export type Rhythm = { answer: number; scan: number };
export const WATCHED: Rhythm = { answer: 3_000, scan: 9_000 };

export function scriptOf(id: string): Script | null {
  return SCRIPTS.find((one) => one.id === id) ?? null;
}

/** One script against one scanner, from its first move to the scanner's last word. */
export async function attack(script: Script, lent: Lent, rhythm: Rhythm): Promise<Attack> {
  const { serial, scannerId } = lent;
  let scanner: AttackedScanner | null = null;
  try {
    scanner = await lent.open();
    const before = await scanner.seen();
    const answers: Answer[][] = [];
    for (const move of script.moves) answers.push(await scanner.play(move));
    const after = await scanner.seen();
    if (answers.flat().some(({ kind }) => kind === "waits")) {
      await pause(rhythm.scan);
      await scanner.takeBack();
    }
    const isHeld =
      script.moves.every(({ expect }, at) => isAnswer(expect, answers[at] ?? [])) && isSame(before, after);
    const runs = lent.runs();
    return {
      ...{ id: script.id, serial, scannerId, state: isHeld ? "held" : "through" },
      ...{ answers, seen: { before, after }, runs },
    };
  } finally {
    await scanner?.close();
    lent.handBack();
  }
}

export function isSame(before: Seen, after: Seen): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** Every half that was asked has to say what the script demands. */
function isAnswer(wanted: Expected, answers: readonly Answer[]): boolean {
  return answers.length > 0 && answers.every((one) => fits(wanted, one));
}

function fits(wanted: Expected, answer: Answer): boolean {
  switch (wanted.kind) {
    case "refused":
      return answer.kind === "refused" && answer.reason === wanted.reason;
    case "waits":
      return answer.kind === "waits" && answer.gate === wanted.gate;
    case "taken":
      return answer.kind === "taken";
  }
}

/** One after the other, newest first; who asks again while one lasts is told so. */
export class Attacks {
  readonly #rhythm: Rhythm;
  readonly #log: (line: string) => void;
  #all: Attack[] = [];
  #stopped = false;
  #work: Promise<void> = Promise.resolve();

  constructor(rhythm: Rhythm, log: (line: string) => void) {
    this.#rhythm = rhythm;
    this.#log = log;
  }

  get all(): readonly Attack[] {
    return this.#all;
  }

  get isUnderWay(): boolean {
    return this.#all.some(({ state }) => state === "under-way");
  }

  /** Runs them in turn; resolves when the first has begun. */
  begin(scripts: readonly Script[], lent: Lent): void {
    const { serial, scannerId } = lent;
    const waiting = scripts.map(
      ({ id }): Attack => ({
        ...{ id, serial, scannerId, state: "under-way", answers: [], seen: null, runs: null },
      }),
    );
    this.#all = waiting;
    this.#work = this.#runAll(scripts, lent);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  async #runAll(scripts: readonly Script[], lent: Lent): Promise<void> {
    for (const [at, script] of scripts.entries()) {
      if (this.#stopped) return;
      const ended = await attack(script, lent, this.#rhythm).catch((error: unknown): Attack => {
        this.#log(`${script.id} on ${lent.serial}: ${error instanceof Error ? error.stack : String(error)}`);
        const { serial, scannerId } = lent;
        return {
          ...{ id: script.id, serial, scannerId, state: "failed", answers: [], seen: null, runs: null },
        };
      });
      this.#all = this.#all.map((one, place) => (place === at ? ended : one));
      if (at < scripts.length - 1) await pause(this.#rhythm.answer);
    }
  }
}
