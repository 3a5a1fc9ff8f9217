import type { Problem } from "#agent/system.ts";
import { type Reason, type Unknown, unknown } from "#core/report/fact.ts";
import type { ReasonCode } from "#core/report/reason-codes.ts";

const CODE_OF_PROBLEM = {
  missing: "no-such-file",
  denied: "denied",
  "too-large": "too-large",
  timeout: "timeout",
  "not-a-program": "not-a-program",
  failed: "read-failed",
} as const satisfies Record<Problem, ReasonCode>;

/** An unknown fact by a code of the catalogue; texts are cut to what a report may carry. */
export function notKnown(code: ReasonCode, params?: Record<string, string | number>): Unknown {
  if (params === undefined) return unknown(code);
  const cut: NonNullable<Reason["params"]> = {};
  for (const [name, value] of Object.entries(params))
    cut[name] = typeof value === "string" ? value.slice(0, 300) : value;
  return unknown(code, cut);
}

/** What the host refused, as the reason of an unknown fact. */
export function reasonOf(refused: { problem: Problem; detail: string }, path: string): Unknown {
  const params = refused.problem === "failed" ? { path, detail: refused.detail } : { path };
  return notKnown(CODE_OF_PROBLEM[refused.problem], params);
}
