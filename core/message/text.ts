/** The languages of the catalogue; a text that lacks one does not compile. */
export const LOCALES = ["en", "de"] as const;
export type Locale = (typeof LOCALES)[number];

/**
 * One sentence or word in every language. `{name}` is a parameter, formatted by the end of its name: `…AtMs` a moment, `…Ms` a
 * duration, `…Bytes` a size, `percent` a percentage. `{name:space}` is itself a code of that namespace, `{count|one|more}` picks by
 * number, and what stands in `[ ]` is left out when a parameter in it is missing.
 */
export type Text = Readonly<Record<Locale, string>>;
export type Texts = Readonly<Record<string, Text>>;
