import type { Context } from "#tests/bench/bench.ts";
import type { Pair } from "#tests/bench/statistics.ts";

/**
 * Runs contenders in turns, the order reversed in every other round, so that neither a warm cache nor a neighbour on the machine
 * favours one of them. The first round warms up and is thrown away.
 * @param contenders each does its work once and answers with its number
 */
export async function inTurns<Name extends string>(
  context: Context,
  what: string,
  rounds: number,
  contenders: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order) {
      context.progress(`${what}: ${name}, ${round === 0 ? "warming up" : `round ${round} of ${rounds}`}`);
      const result = await contenders[name]();
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}

/** Same rounds of two contenders, put together again. */
export function pairUp(measured: readonly number[], baseline: readonly number[]): Pair[] {
  if (measured.length !== baseline.length) throw new Error("rounds that do not belong together");
  return measured.map((one, round) => ({ measured: one, baseline: baseline[round] ?? Number.NaN }));
}
