import { type Locale, type Word, word } from "#app/ui/words.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const PAIRS: readonly { large: number; largeWord: Word; small: number; smallWord: Word }[] = [
  { large: DAY, largeWord: "unit.days", small: HOUR, smallWord: "unit.h" },
  { large: HOUR, largeWord: "unit.h", small: MINUTE, smallWord: "unit.min" },
  { large: MINUTE, largeWord: "unit.min", small: SECOND, smallWord: "unit.s" },
];

/** The length of a dimension line, in two units, because "4 min" hides up to a minute of it. */
export function distanceText(ms: number, locale: Locale): string {
  const positive = Math.max(0, ms);
  const pair = PAIRS.find(({ large }) => positive >= large);
  if (pair === undefined) return word(locale, "unit.s", { n: Math.floor(positive / SECOND) });
  const rest = Math.floor((positive % pair.large) / pair.small);
  const head = word(locale, pair.largeWord, { n: Math.floor(positive / pair.large) });
  return rest === 0 ? head : `${head} ${word(locale, pair.smallWord, { n: rest })}`;
}
