/**
 * How much a piece of evidence is worth (docs/requirements.md). `real`: a real program did it. `stand-in`: a part of NixOS that the hosts have
 * not is played by a program of ours (docs/stand-in.md). `injected`: the test itself wrote it.
 */
type Grade = "real" | "stand-in" | "injected";

/** Says what was seen. Throws when it was not seen: a story is over with the first thing that did not happen. */
export type Tell = {
  saw(grade: Grade, what: string): void;
  /** What holds must hold; `what` is said either way. */
  check(grade: Grade, what: string, holds: boolean): void;
};

export class Story {
  #steps = 0;
  #evidence = 0;

  async step(title: string, tell: (told: Tell) => Promise<void>): Promise<void> {
    this.#steps += 1;
    const started = Date.now();
    console.log(`\n${this.#steps}. ${title}`);
    let seen = 0;
    const saw = (grade: Grade, what: string) => {
      seen += 1;
      this.#evidence += 1;
      console.log(`   [${grade}] ${what}`);
    };
    await tell({
      saw,
      check: (grade, what, holds) => {
        if (!holds) throw new Error(`not observed: ${what}`);
        saw(grade, what);
      },
    });
    if (seen === 0) throw new Error(`nothing was observed in "${title}"`);
    console.log(`   (${Math.round((Date.now() - started) / 1000)} s)`);
  }

  end(): void {
    console.log(`\n${this.#steps} steps, ${this.#evidence} pieces of evidence, each observed.`);
  }
}

/** A store path without its hash: what a reader of the story wants. */
export function short(storePath: string): string {
  return storePath.replace(/^\/nix\/store\/[0-9a-z]{32}-/, "");
}
