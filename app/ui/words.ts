import { access } from "./words/access.ts";
import { adopting } from "./words/adopting.ts";
import { asking } from "./words/asking.ts";
import { carrying } from "./words/carrying.ts";
import { changing } from "./words/changing.ts";
import { comparing } from "./words/comparing.ts";
import { diagram } from "./words/diagram.ts";
import { enrolling } from "./words/enrolling.ts";
import { fleet } from "./words/fleet.ts";
import { fleetTable } from "./words/fleet-table.ts";
import { going } from "./words/going.ts";
import { keeping } from "./words/keeping.ts";
import { meanings } from "./words/meanings.ts";
import { pardoning } from "./words/pardoning.ts";
import { parts } from "./words/parts.ts";
import { past } from "./words/past.ts";
import { people } from "./words/people.ts";
import { releasing } from "./words/releasing.ts";
import { rollingBack } from "./words/rolling-back.ts";
import { scanner } from "./words/scanner.ts";
import { shell } from "./words/shell.ts";
import { software } from "./words/software.ts";

/**
 * The words of the pages themselves: labels, headings, empty states. Reasons, refusals and findings come from the catalogue
 * in core/message, which every other output shares. One entry carries both languages, so a missing translation does not compile.
 */
export type Locale = "en" | "de";
type Entry = Readonly<Record<Locale, string>>;
export type Params = Readonly<Record<string, string | number>>;

const WORDS = {
  ...access,
  ...adopting,
  ...asking,
  ...carrying,
  ...changing,
  ...comparing,
  ...diagram,
  ...enrolling,
  ...fleet,
  ...fleetTable,
  ...going,
  ...keeping,
  ...meanings,
  ...pardoning,
  ...parts,
  ...past,
  ...people,
  ...releasing,
  ...rollingBack,
  ...scanner,
  ...shell,
  ...software,
} as const satisfies Record<string, Entry>;

export type Word = keyof typeof WORDS;

/** `{name}` is replaced; `{n?one:many}` picks by whether the number is exactly one. */
const HOLE = /\{(\w+)(?:\?([^:}]*):([^}]*))?\}/g;

export function word(locale: Locale, key: Word, params: Params = {}): string {
  return WORDS[key][locale].replace(HOLE, (_hole, name: string, one?: string, many?: string) => {
    const value = params[name];
    if (one !== undefined) return value === 1 ? one : (many ?? "");
    return typeof value === "number" ? groupDigits(value, locale) : (value ?? "");
  });
}

/** 1240 as English and German readers write it; the same on server and browser, whatever their ICU data. */
export function groupDigits(value: number, locale: Locale): string {
  const [whole = "0", fraction] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, locale === "de" ? "." : ",");
  if (fraction === undefined) return grouped;
  return `${grouped}${locale === "de" ? "," : "."}${fraction}`;
}
