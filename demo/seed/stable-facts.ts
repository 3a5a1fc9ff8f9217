import { type StableFact, stableFact } from "#core/report/digest.ts";
import type { Fact } from "#core/report/fact.ts";
import type { FactKind } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

/** Facts that many scanners share are the same object, so what they come to is worked out once. */
const known = new WeakMap<Fact<unknown>, string>();

/** JSON of the stable part of every fact, by kind. The makers of facts write their keys in one order, so equal means equal text. */
export function stableFacts(facts: Facts): Map<string, string> {
  const kinds = Object.keys(facts) as FactKind[];
  return new Map(
    kinds.flatMap((kind) => {
      const fact = facts[kind];
      return fact === undefined ? [] : [[kind, textOf(kind, fact)] as const];
    }),
  );
}

function textOf<K extends FactKind>(kind: K, fact: NonNullable<Facts[K]>): string {
  const found = known.get(fact as Fact<unknown>);
  if (found !== undefined) return found;
  const stable: StableFact = stableFact(kind, fact);
  const text = JSON.stringify(stable);
  known.set(fact as Fact<unknown>, text);
  return text;
}
