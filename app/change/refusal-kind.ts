import { REFUSAL_KINDS, type RefusalReason } from "#core/trust/attack.ts";

/** What a scanner's refusal means; null: it is no word of the verifier, but of the scanner's own state. */
export function refusalKind(code: string): (typeof REFUSAL_KINDS)[RefusalReason] | null {
  return Object.hasOwn(REFUSAL_KINDS, code) ? REFUSAL_KINDS[code as RefusalReason] : null;
}
