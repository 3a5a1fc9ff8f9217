import { CATALOGUE, isKey, type Key, type Namespace } from "#core/message/catalogue.ts";
import type { Locale } from "#core/message/text.ts";
import type { Reason } from "#core/report/fact.ts";
import { bytesText, durationText, numberText, percentText } from "#core/time/duration.ts";

/** What the caller knows and core does not: how its reader wants a moment to be written (zone, relative or absolute). */
export type Rendering = { locale: Locale; time: (atMs: number) => string };

type Params = NonNullable<Reason["params"]>;

/** The sentence for `{code, params}`. A code that the catalogue lacks comes from a newer program and is shown as it is, marked as such. */
export function render(rendering: Rendering, space: Namespace, reason: Reason): string {
  const key = `${space}.${reason.code}`;
  if (isKey(key)) return text(rendering, key, reason.params);
  return OTHER[rendering.locale].replace("{code}", () => reason.code);
}

const OTHER = {
  en: "{code} (newer than this program)",
  de: "{code} (neuer als dieses Programm)",
} as const satisfies Record<Locale, string>;

/** The text of one key. A parameter that is missing outside `[ ]` is said to be missing; nothing is left blank. */
export function text(rendering: Rendering, key: Key, params: Params = {}): string {
  const template: string = CATALOGUE[key][rendering.locale];
  return template
    .replace(OPTIONAL, (_whole, inner: string) =>
      namesIn(inner).every((name) => Object.hasOwn(params, name)) ? inner : "",
    )
    .replace(PLACEHOLDER, (_whole, name: string, form: string | undefined) =>
      fill(rendering, name, form ?? "", params),
    );
}

const OPTIONAL = /\[([^[\]]*)\]/g;
/** `{name}`, `{name:space}` or `{name|one|more}`. */
const PLACEHOLDER = /\{([a-zA-Z]+)((?::|\|)[^{}]*)?\}/g;

export function namesIn(template: string): string[] {
  return (template.match(PLACEHOLDER) ?? []).map((one) => one.slice(1, -1).replace(/[:|].*$/, ""));
}

function fill(rendering: Rendering, name: string, form: string, params: Params): string {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  if (value === undefined) return rendering.locale === "de" ? "nicht genannt" : "not given";
  if (form.startsWith("|")) return plural(form.slice(1), value);
  if (form.startsWith(":")) return word(rendering, form.slice(1), String(value));
  if (typeof value === "boolean") return yesOrNo(rendering.locale, value);
  return typeof value === "number" ? amount(rendering, name, value) : value;
}

function plural(forms: string, value: Params[string]): string {
  const [one = "", more = ""] = forms.split("|");
  return value === 1 ? one : more;
}

function word(rendering: Rendering, space: string, code: string): string {
  const key = `${space}.${code}`;
  return isKey(key) ? text(rendering, key) : code;
}

function yesOrNo(locale: Locale, value: boolean): string {
  if (locale === "de") return value ? "ja" : "nein";
  return value ? "yes" : "no";
}

/** The unit of a number is the end of its name, here as everywhere (architecture: names end in their unit). */
function amount({ locale, time }: Rendering, name: string, value: number): string {
  if (/(^a|A)tMs$/.test(name)) return time(value);
  if (/(^m|M)s$/.test(name)) return durationText(locale, value);
  if (/(^b|B)ytes$/.test(name)) return bytesText(locale, value);
  if (/(^p|P)ercent$/.test(name)) return percentText(locale, value);
  return numberText(locale, value, 3);
}
