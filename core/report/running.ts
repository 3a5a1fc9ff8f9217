import type { StableFact } from "#core/report/digest.ts";
import type { FactValue } from "#core/report/kinds.ts";

/** Toplevel that ran, by the fact `closures` as history keeps it; null: it was not seen. */
export function runningIn(closures: StableFact): string | null {
  if (!("observed" in closures)) return null;
  const { running } = closures.observed as FactValue<"closures">;
  return running.state === "observed" ? running.value.path : null;
}
