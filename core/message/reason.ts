import type { CodeOf } from "#core/message/catalogue.ts";
import type { Reason } from "#core/report/fact.ts";

/** A reason whose code the catalogue has a sentence for; a code without one does not compile. */
export function reason(code: CodeOf<"reason">, params?: Reason["params"]): Reason {
  return params === undefined ? { code } : { code, params };
}
