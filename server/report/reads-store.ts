import type { AuditHead } from "#core/protocol/acknowledgement.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { type AuditChain, auditHashSql, auditHeadSql } from "#server/audit/service.ts";
import { type OpenChange, openChangeSql } from "#server/change/follow.ts";
import { storedDigestsSql } from "#server/closure/service.ts";
import type { Tx } from "#server/database/scoped.ts";
import type { OpenInterval, StableFacts } from "#server/report/fact-history.ts";
import { openFactsSql, openFindingsSql } from "#server/report/history-store.ts";
import {
  type LockedScanner,
  lockRows,
  SCANNER_COLUMNS,
  SCANNER_COLUMNS_WITH_FACTS,
  SCANNER_TABLES,
  type ScannerJson,
  type ScannerWithFacts,
  scannerOf,
  scannerWithFactsOf,
} from "#server/report/scanner-rows-store.ts";

/**
 * What is read of scanners before something is decided of them, under a lock that holds until the transaction ends: messages of one
 * scanner are judged one after the other. The lock is a statement of its own: what is read must have been read after it was waited for.
 */

export async function lockScanner(tx: Tx, scannerId: string): Promise<LockedScanner | null> {
  await lockRows(tx, [scannerId]);
  const [row] = await tx.$queryRaw<ScannerJson[]>`
    select ${SCANNER_COLUMNS} from ${SCANNER_TABLES} where s."id" = ${scannerId}::uuid`;
  return row === undefined ? null : scannerOf(row);
}

/** The same with the facts, for whoever compares them again. */
export async function lockScannerWithFacts(tx: Tx, scannerId: string): Promise<ScannerWithFacts | null> {
  await lockRows(tx, [scannerId]);
  const [row] = await tx.$queryRaw<ScannerJson[]>`
    select ${SCANNER_COLUMNS_WITH_FACTS} from ${SCANNER_TABLES} where s."id" = ${scannerId}::uuid`;
  return row === undefined ? null : scannerWithFactsOf(row);
}

/** A finding that is open in history. */
export type FindingRow = { id: string; signature: string; finding: unknown };
/** A release without its manifest, which is read once (server/report/releases.ts). */
export type ReleaseRow = {
  id: string;
  toplevel: string | null;
  origin: string;
  observedOnId: string | null;
  counter: number | null;
  createdAt: string;
};
type Judging = { openFindings: FindingRow[]; releases: ReleaseRow[] };

/** More may run one toplevel than anybody would release under it. */
const MOST_RELEASES = 50;

/** Releases that may describe a scanner: by the toplevel it runs, adopted from it, and the pinned one. */
const judging = (toplevel: Prisma.Sql) => Prisma.sql`${openFindingsSql} as "openFindings",
  (select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (
    select "id", "toplevel", "origin", "observedOnId", "counter", "createdAt" from "Release"
    where "toplevel" = ${toplevel} or "observedOnId" = s."id" or "id" = s."pinnedReleaseId"
    order by "createdAt" desc limit ${MOST_RELEASES}) as r) as "releases"`;

/** For a whole set of scanners, what comparing their newest facts again takes. Who is not there, or not in scope, is left out. */
export async function lockToCompare(
  tx: Tx,
  scannerIds: readonly string[],
): Promise<({ scanner: ScannerWithFacts } & Judging)[]> {
  await lockRows(tx, scannerIds);
  const rows = await tx.$queryRaw<(ScannerJson & Judging)[]>`
    select ${SCANNER_COLUMNS_WITH_FACTS}, ${judging(Prisma.sql`st."runningToplevel"`)}
    from ${SCANNER_TABLES} where s."id" = any(${[...scannerIds]}::uuid[])`;
  return rows.map((row) => ({ ...row, scanner: scannerWithFactsOf(row) }));
}

export type ReportAsk = {
  scannerId: string;
  chain: AuditChain;
  facts: StableFacts;
  toplevel: string | null;
  /** Of the closures it names. */
  digests: readonly string[];
  witness: AuditHead | null;
};

/** All that is known when a report is judged. */
export type ReportReads = Judging & {
  scanner: LockedScanner;
  openFacts: OpenInterval[];
  /** The change that is open there. */
  openChange: OpenChange | null;
  /** Of the digests asked about, those whose path list is stored. */
  knownDigests: ReadonlySet<string>;
  auditHead: AuditHead;
  /** What our chain says at the witness's place, hex; null: it has no such place, or there was no witness of this chain. */
  witnessed: string | null;
};

type ReportRow = ScannerJson &
  Judging & {
    openFacts: OpenInterval[];
    openChange: OpenChange | null;
    knownDigests: string[];
    auditHead: { seq: number; hash: string };
    witnessed: string | null;
  };

export async function lockForReport(tx: Tx, ask: ReportAsk): Promise<ReportReads | null> {
  await lockRows(tx, [ask.scannerId]);
  const { chain } = ask;
  const seq = ask.witness?.chain === chain ? ask.witness.seq : null;
  const [row] = await tx.$queryRaw<ReportRow[]>`
    select ${SCANNER_COLUMNS}, ${judging(Prisma.sql`${ask.toplevel}`)}, ${openFactsSql(ask.facts)} as "openFacts", ${openChangeSql} as "openChange",
      ${storedDigestsSql(ask.digests)} as "knownDigests", ${auditHeadSql(chain)} as "auditHead", ${auditHashSql(chain, seq)} as "witnessed"
    from ${SCANNER_TABLES} where s."id" = ${ask.scannerId}::uuid`;
  if (row === undefined) return null;
  return {
    ...row,
    scanner: scannerOf(row),
    knownDigests: new Set(row.knownDigests),
    auditHead: { chain, ...row.auditHead },
  };
}
