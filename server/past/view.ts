import type { HeadlineWord } from "#core/headline/axes.ts";
import type { Mark } from "#core/headline/encoding.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { StableFact } from "#core/report/digest.ts";
import type { Reason } from "#core/report/fact.ts";

/** The state at a moment (EXP-6), from the intervals that were open then. Types only; times are milliseconds since the epoch. */

/** Null where nothing was known yet: before the first report nothing is claimed, least of all that all was well. */
export type HeadlineThen = {
  word: HeadlineWord;
  variant: "tripped" | "stalled" | "overdue" | "last-known" | null;
  reason: Reason;
  sinceMs: number;
  untilMs: number | null;
} | null;

export type FactThen = { kind: string; fact: StableFact; sinceMs: number; untilMs: number | null };
export type FindingThen = { finding: OpenFinding; sinceMs: number; untilMs: number | null };

export type ScannerThen = {
  scannerId: ScannerId;
  serial: string;
  alias: string | null;
  model: string | null;
  siteName: string;
  timeZone: string;
  atMs: number;
  headline: HeadlineThen;
  /** Facts and findings held, but nobody had heard of the scanner for a while: they are the last known ones. */
  lastKnown: boolean;
  running: { toplevel: string; releaseName: string | null } | null;
  facts: FactThen[];
  findings: FindingThen[];
};

/** From the first moment anything is known of a scanner in scope until now; null: nothing is. */
export type PastRange = { fromMs: number; toMs: number } | null;

export type FleetThenRow = {
  scannerId: ScannerId;
  serial: string;
  alias: string | null;
  model: string | null;
  siteId: SiteId;
  siteName: string;
  timeZone: string;
  headline: HeadlineThen;
  releaseName: string | null;
  toplevel: string | null;
};

type ReleaseShare = {
  /** Null together with `toplevel`: not known what they ran. */
  releaseName: string | null;
  toplevel: string | null;
  count: number;
};

export type FleetThen = {
  atMs: number;
  /** Scanners by the word they stood under; `tripped` and `overdue` are counted in their word as well. */
  counts: Partial<Record<Mark, number>>;
  /** In the fleet today, and nothing was known of them then. */
  notKnown: number;
  total: number;
  releases: ReleaseShare[];
  rows: FleetThenRow[];
  nextCursor: string | null;
};
