import type { ChangeState } from "#core/headline/axes.ts";
import type { ProbeKind } from "#core/manifest/kinds.ts";
import { BLOCK_TEXTS } from "#core/message/block-texts.ts";
import { CARRY_TEXTS } from "#core/message/carry-texts.ts";
import { CHANGE_TEXTS } from "#core/message/change-texts.ts";
import { DEVICE_TEXTS } from "#core/message/device-texts.ts";
import { FLEET_TEXTS } from "#core/message/fleet-texts.ts";
import { KEEPING_TEXTS } from "#core/message/keeping-texts.ts";
import { LOCAL_TEXTS } from "#core/message/local-texts.ts";
import { NOUN_TEXTS } from "#core/message/noun-texts.ts";
import { PAGE_TEXTS } from "#core/message/page-texts.ts";
import { REASON_TEXTS } from "#core/message/reason-texts.ts";
import { REFUSAL_TEXTS } from "#core/message/refusal-texts.ts";
import { RELEASE_TEXTS } from "#core/message/release-texts.ts";
import { REQUEST_TEXTS } from "#core/message/request-texts.ts";
import { SHEET_TEXTS } from "#core/message/sheet-texts.ts";
import { STATUS_TEXTS } from "#core/message/status-texts.ts";
import type { Text, Texts } from "#core/message/text.ts";
import { UNKNOWN_TEXTS } from "#core/message/unknown-texts.ts";
import type { FactKind } from "#core/report/kinds.ts";
import type { ReasonCode } from "#core/report/reason-codes.ts";

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
  ...KEEPING_TEXTS,
  ...SHEET_TEXTS,
  ...FLEET_TEXTS,
  ...BLOCK_TEXTS,
  ...DEVICE_TEXTS,
  ...CHANGE_TEXTS,
  ...REQUEST_TEXTS,
  ...CARRY_TEXTS,
  ...RELEASE_TEXTS,
  ...LOCAL_TEXTS,
  ...PAGE_TEXTS,
} as const satisfies Texts & Complete;

/** What closed lists of other folders demand a word for; their words are spread over several files. */
type Complete = {
  readonly [K in `fact.${FactKind}` | `probe.${ProbeKind}` | `change.${ChangeState}`]: Text;
} & {
  readonly [K in `unknown.${ReasonCode}`]: Text;
};

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
