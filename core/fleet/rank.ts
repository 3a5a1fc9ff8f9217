import { HEADLINES, type Headline } from "#core/headline/axes.ts";

type Shown = Pick<Headline, "word" | "variant">;

/** Place of a headline among all: smaller is more severe; a trip stands behind what is unsafe without being safe-stated. */
export function rankOf({ word, variant }: Shown): number {
  return 2 * HEADLINES.indexOf(word) + (variant === "tripped" ? 1 : 0);
}

const FIRST = "a".charCodeAt(0);

/** The same as one letter, for a text with one for every scanner. */
export function rankLetter(headline: Shown): string {
  return String.fromCharCode(FIRST + rankOf(headline));
}
