import type { ReleaseId } from "#core/identity/identity.ts";
import type { Item, Scalar } from "#core/manifest/item.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Sequence } from "#server/scanner/view.ts";

/** One item that could be adopted, with what was seen; `note` says why a person should look twice before adopting it. */
export type ProposedItem = { item: Item; actual: Scalar | null; note: Reason | null };

/** What adopting the scanner's present state as its baseline would expect from now on (EXP-8). */
export type BaselinePreview = {
  /** A name to begin with; the person may change it. */
  name: string;
  toplevel: string | null;
  observedAtMs: number;
  /** Place of the report the proposal was made from; hand it back to `adopt`, which refuses when facts moved on. */
  seen: Sequence;
  items: ProposedItem[];
};

export type Adopted = { releaseId: ReleaseId };
