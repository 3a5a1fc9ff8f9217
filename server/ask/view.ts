import type { AskKind } from "#core/ask/kinds.ts";
import type { Question } from "#core/ask/question.ts";
import type { Verdict } from "#core/ask/value-test.ts";
import type { HeadlineWord } from "#core/headline/axes.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { FleetRow } from "#server/scanner/view.ts";

/** What the fleet answers (EXP-9). Types only. Counts are of scanners the reader may see, retired ones left out. */

/** `now`: in the newest report; `ever`: in any report that history keeps. */
export type When = "now" | "ever";

/** The scanners that have one value of what was asked for. A scanner with two versions stands in two groups. */
export type AskGroup = { value: string; count: number; verdict: Verdict };

/** A provided value that is a number: it differs from scanner to scanner, so its span is said and not each value. */
export type AskNumbers = { unit: string; min: number; max: number; count: number };

export type AskSection = {
  kind: AskKind;
  name: string;
  /** Those that pass first, newest version first. */
  groups: AskGroup[];
  /** Values beyond those listed. */
  moreGroups: number;
  numbers: AskNumbers | null;
  /** Scanners that have it and pass the test, each counted once. */
  has: number;
};

/** Of `total` scanners, `reporting` speak of this kind at all; the others are neither counted as having it nor as lacking it (SEE-14). */
export type Reporting = { kind: AskKind; reporting: number; total: number };

export type AskHit = { kind: AskKind; name: string; value: string | null };

export type AskAnswer = {
  question: Question;
  /** The question as it was understood. */
  text: string;
  when: When;
  asOfMs: number;
  sections: AskSection[];
  /** Names that match and are not shown, because there are so many. */
  moreSections: number;
  reporting: Reporting[];
  near: AskHit[];
  /** Intervals that the index does not hold yet; above 0 the counts may be too low. */
  notIndexed: number;
};

export type AskedScanners = {
  rows: FleetRow[];
  total: number;
  nextCursor: string | null;
  asOfMs: number;
};

type FoundScanner = {
  scannerId: ScannerId;
  serial: string;
  alias: string | null;
  siteName: string;
  headline: HeadlineWord;
};
export type Found = { scanners: FoundScanner[]; sites: { siteId: SiteId; name: string }[] };
