import type { ClosureDiff } from "#core/closure/diff.ts";
import type { Reason } from "#core/report/fact.ts";
import type { ScannerThen } from "#server/past/view.ts";

/** Two scanners, or one at two times (EXP-6, EXP-9). Types only. */
export type Compared = {
  a: ScannerThen;
  b: ScannerThen;
  closures: ClosureDiff | { unavailable: Reason };
};
