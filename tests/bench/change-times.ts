/** When a change did what, out of what the programs said. Everything here is pure; times are milliseconds since the epoch. */
import { number } from "#tests/bench/figure.ts";
import { quantile } from "#tests/bench/statistics.ts";

export type Entered = { step: string; atMs: number };

/** Lines of `journalctl -o short-unix`: each step that the activator entered, in order. */
export function stepsEntered(log: string): Entered[] {
  return log.split("\n").flatMap((line) => {
    const [, seconds, step] =
      /^(\d+\.\d+) .*fiducial-activate: [a-z-]+ -> ([a-z-]+)(?: \([a-z-]+\))?$/.exec(line) ?? [];
    return seconds === undefined || step === undefined ? [] : [{ step, atMs: Number(seconds) * 1000 }];
  });
}

/** Lines `mark NAME SECONDS` of a shell script. */
export function marksOf(said: string): Entered[] {
  return said.split("\n").flatMap((line) => {
    const [, step, seconds] = /^mark ([a-z]+) (\d+\.\d+)$/.exec(line) ?? [];
    return seconds === undefined || step === undefined ? [] : [{ step, atMs: Number(seconds) * 1000 }];
  });
}

/** Seconds of each phase. */
export type Phases<Name extends string = string> = Readonly<Record<Name, number>>;

/**
 * Seconds from the beginning to the first of each of these steps, one after the other.
 * @param until name of a phase → the step that ends it, in order of time
 * @throws Error where a step was never entered
 */
export function phasesOf<Name extends string>(
  beganMs: number,
  entered: readonly Entered[],
  until: Readonly<Record<Name, string>>,
): Record<Name, number> {
  let fromMs = beganMs;
  const phases: [string, number][] = [];
  for (const [name, step] of Object.entries<string>(until)) {
    const reached = entered.find((one) => one.step === step && one.atMs >= fromMs);
    if (reached === undefined)
      throw new Error(`${step} was not reached; seen: ${entered.map((one) => one.step).join(" ")}`);
    phases.push([name, (reached.atMs - fromMs) / 1000]);
    fromMs = reached.atMs;
  }
  return Object.fromEntries(phases) as Record<Name, number>;
}

/** `download 3.20, sync 0.40`: the median of each. */
export function phasesText(all: readonly Phases[]): string {
  const names = Object.keys(all[0] ?? {});
  return names
    .map(
      (name) =>
        `${name} ${number(
          quantile(
            all.map((one) => one[name] ?? 0),
            0.5,
          ),
        )}`,
    )
    .join(", ");
}

export function sumOf(phases: Phases): number {
  return Object.values(phases).reduce((sum, one) => sum + one, 0);
}
