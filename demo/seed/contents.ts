import type { Term } from "#core/ask/terms.ts";
import type { StableFact } from "#core/report/digest.ts";
import type { Row } from "#demo/seed/scanner-rows.ts";
import { contentOf } from "#server/ask/index-terms.ts";

/** The index of what facts hold, as the server keeps it beside history (docs/decisions/0016-ask-the-fleet.md). */
export class Contents {
  readonly #known = new Map<string, string>();
  readonly #sets = new Map<string, readonly Term[]>();

  /** Names the content of a fact, given as its JSON. No term holds a number of a fact, so texts that differ in numbers share theirs. */
  idOf(kind: string, text: string): string {
    const key = `${kind}\n${text.replace(/:-?\d[\d.e+-]*/g, ":0")}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { setId, terms } = contentOf(kind, JSON.parse(text) as StableFact);
    this.#known.set(key, setId);
    if (terms !== null) this.#sets.set(setId, terms);
    return setId;
  }

  sets(): (readonly [setId: string, terms: readonly Term[]])[] {
    return [...this.#sets];
  }
}

/** Rows of contents that several have found, each of them once. */
export function contentRows(found: readonly (readonly [setId: string, terms: readonly Term[]])[]): {
  FactSet: Row[];
  FactTerm: Row[];
} {
  const sets = [...new Map(found)];
  return {
    FactSet: sets.map(([id]) => ({ id })),
    FactTerm: sets.flatMap(([setId, terms]) => terms.map((term, position) => ({ setId, position, ...term }))),
  };
}
