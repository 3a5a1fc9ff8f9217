import { createHash } from "node:crypto";
import { contentText, type Term, termsOf } from "#core/ask/terms.ts";
import type { StableFact } from "#core/report/digest.ts";
import { insertSets, knownSets, placeIntervals, unplacedIntervals } from "#server/ask/index-store.ts";
import type { Tx, WithScope } from "#server/database/scoped.ts";
import type { Log } from "#server/log.ts";

/** The content of a fact that the scanner could not see: no terms, and not the same as a fact without any (SEE-14). */
export const NOT_SEEN = "00000000-0000-0000-0000-000000000000";

export type StatedFact = { kind: string; value: unknown };

/**
 * Puts the contents of facts, as history keeps them, into the index and answers the id of each, in order. Contents are shared: ten
 * thousand scanners with one release write their modules once (EXP-9).
 */
export async function indexFacts(tx: Tx, facts: readonly StatedFact[]): Promise<string[]> {
  const contents = facts.map(({ kind, value }) => contentOf(kind, value as StableFact));
  const sets = new Map(
    contents.flatMap(({ setId, terms }) => (terms === null ? [] : [[setId, terms] as const])),
  );
  const known = await knownSets(tx, [...sets.keys()]);
  for (const id of known) sets.delete(id);
  if (sets.size > 0) await insertSets(tx, sets);
  return contents.map(({ setId }) => setId);
}

export function contentOf(kind: string, value: StableFact): { setId: string; terms: Term[] | null } {
  const terms = termsOf(kind, value);
  return { setId: terms === null ? NOT_SEEN : setIdOf(terms), terms };
}

/** The first 128 bits of a SHA-256, written as PostgreSQL's uuid; not one of RFC 9562. */
function setIdOf(terms: readonly Term[]): string {
  const hex = createHash("sha256").update(contentText(terms)).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/** Intervals put into the index in one transaction. */
const AT_ONCE = 500;
const AGAIN_MS = 30_000;

/**
 * Brings into the index what was written without it: a restored backup, rows of an older version. Those that hold now come first; an
 * answer says how many are still missing.
 */
export function catchUp(withScope: WithScope, log: Log): { stop: () => Promise<void> } {
  let stopped = false;
  let wake: () => void = () => undefined;
  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    while (!stopped) {
      try {
        if ((await withScope({ all: true }, indexSome)) === 0) return;
        await rest(0);
      } catch (error) {
        log.warn("ask.catch-up-failed", { error });
        await rest(AGAIN_MS);
      }
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await running;
    },
  };
}

/** How many intervals it placed; 0: none was left. */
export async function indexSome(tx: Tx): Promise<number> {
  const rows = await unplacedIntervals(tx, AT_ONCE);
  if (rows.length === 0) return 0;
  const setIds = await indexFacts(tx, rows);
  await placeIntervals(
    tx,
    rows.map(({ id }, place) => ({ id, setId: setIds[place] ?? NOT_SEEN })),
  );
  return rows.length;
}
