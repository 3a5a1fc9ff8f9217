import type { Key, Namespace } from "#core/message/catalogue.ts";
import { render, text } from "#core/message/render.ts";
import { LOCALES, type Locale } from "#core/message/text.ts";
import type { Reason } from "#core/report/fact.ts";

/** The catalogue in one language, with the scanner's own time. */
export type Words = {
  locale: Locale;
  t: (key: Key, params?: Reason["params"]) => string;
  say: (space: Namespace, code: string, params?: Reason["params"]) => string;
  time: (atMs: number) => string;
};

const TIMES = new Map<Locale, Intl.DateTimeFormat>();

export function wordsIn(locale: Locale): Words {
  const time = (atMs: number) => formatOf(locale).format(atMs);
  const rendering = { locale, time };
  return {
    locale,
    time,
    t: (key, params = {}) => text(rendering, key, params),
    say: (space, code, params = {}) => render(rendering, space, { code, params }),
  };
}

function formatOf(locale: Locale): Intl.DateTimeFormat {
  const known = TIMES.get(locale);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : "de-DE", {
    ...{ day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" },
    timeZoneName: "short",
  });
  TIMES.set(locale, made);
  return made;
}

/** The language a person chose, else the first of the browser's that this page speaks. */
export function localeOf(chosen: string | null, accepted: string | undefined): Locale {
  const asked = [chosen ?? "", ...(accepted ?? "").slice(0, 200).split(",")];
  for (const one of asked) {
    const found = LOCALES.find((locale) => one.trim().toLowerCase().startsWith(locale));
    if (found !== undefined) return found;
  }
  return "en";
}
