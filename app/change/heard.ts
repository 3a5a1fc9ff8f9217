import { isUpdating } from "#core/headline/change-budget.ts";
import { OFFLINE_AFTER_MS } from "#core/protocol/timing.ts";
import type { ChangeRow } from "#server/change/view.ts";

/**
 * Whether what is shown of a change is the present. `silent`: its scanner is not heard, and may have gone on by itself; `unknown`: the same
 * after it had begun, so that nobody knows which system it runs (SEE-14).
 */
export type Hearing = "heard" | "silent" | "unknown";

export function hearingOf(
  { state, endedAtMs, lastHeardMs }: Pick<ChangeRow, "state" | "endedAtMs" | "lastHeardMs">,
  nowMs: number,
): Hearing {
  if (endedAtMs !== null) return "heard";
  if (lastHeardMs !== null && nowMs - lastHeardMs <= OFFLINE_AFTER_MS) return "heard";
  return isUpdating(state) ? "unknown" : "silent";
}
