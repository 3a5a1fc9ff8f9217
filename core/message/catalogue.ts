import { NOUN_TEXTS } from "#core/message/noun-texts.ts";
import { REASON_TEXTS } from "#core/message/reason-texts.ts";
import { REFUSAL_TEXTS } from "#core/message/refusal-texts.ts";
import { STATUS_TEXTS } from "#core/message/status-texts.ts";
import type { Texts } from "#core/message/text.ts";
import { UNKNOWN_TEXTS } from "#core/message/unknown-texts.ts";

/**
 * The one catalogue (decisions.md, texts): core says `{code, params}`, and app, CSV, mail, print and the scanner's own command line
 * make the sentence here. Keys are `<namespace>.<code>`.
 */
export const CATALOGUE = {
  ...STATUS_TEXTS,
  ...REASON_TEXTS,
  ...UNKNOWN_TEXTS,
  ...REFUSAL_TEXTS,
  ...NOUN_TEXTS,
} as const satisfies Texts;

export type Key = keyof typeof CATALOGUE;
export type Namespace = Key extends infer K ? (K extends `${infer Space}.${string}` ? Space : never) : never;
/** The codes of one namespace: what code may name at compile time. */
export type CodeOf<Space extends Namespace> = Key extends infer K
  ? K extends `${Space}.${infer Code}`
    ? Code
    : never
  : never;

export function isKey(key: string): key is Key {
  return Object.hasOwn(CATALOGUE, key);
}
