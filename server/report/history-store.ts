import { v7 as uuidv7 } from "uuid";
import type { Headline } from "#core/headline/axes.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { indexFacts } from "#server/ask/index-terms.ts";
import type { Tx } from "#server/database/scoped.ts";
import type { IntervalChange, Moment, StableFacts, StoredInterval } from "#server/report/fact-history.ts";
import type { Rooted } from "#server/report/store.ts";
import type { Sequence } from "#server/scanner/view.ts";

/** History as intervals (EXP-6): facts, findings and headlines of one scanner. */

/**
 * Intervals of a scanner `s` that are open, and whether the newest report says the same. PostgreSQL compares what it has with what is
 * said now: all facts of a scanner need not travel to find the one that changed.
 */
export function openFactsSql(now: StableFacts): Prisma.Sql {
  const said = [...now].map(([kind, { text }]) => `${JSON.stringify(kind)}:${text}`);
  return Prisma.sql`(
    select coalesce(jsonb_agg(jsonb_build_object('id', i."id", 'kind', i."kind", 'same', coalesce(i."value" = said."value", false))), '[]')
    from "FactInterval" i left join jsonb_each(${`{${said.join(",")}}`}::jsonb) as said("kind", "value") on said."kind" = i."kind"
    where i."scannerId" = s."id" and i."closedAt" is null)`;
}

export const openFindingsSql = Prisma.sql`(
  select coalesce(jsonb_agg(jsonb_build_object('id', i."id", 'signature', i."signature", 'finding', i."finding")), '[]')
  from "FindingInterval" i where i."scannerId" = s."id" and i."closedAt" is null)`;

/** Per kind, the newest interval opened at or before this place. */
export async function coveringIntervals(tx: Tx, scannerId: string, at: Sequence): Promise<StoredInterval[]> {
  const ids = await tx.$queryRaw<{ id: string }[]>`
    select distinct on ("kind") "id" from "FactInterval"
    where "scannerId" = ${scannerId}::uuid
      and ("openedBoot", "openedStart", "openedSeq") <= (${at.bootCounter}::int, ${at.startCounter}::int, ${at.seq}::int)
    order by "kind", "openedBoot" desc, "openedStart" desc, "openedSeq" desc`;
  const rows = await tx.factInterval.findMany({ where: { id: { in: ids.map(({ id }) => id) } } });
  return rows.map(storedInterval);
}

export async function intervalsOpenedAt(tx: Tx, scannerId: string, at: Sequence): Promise<StoredInterval[]> {
  const { bootCounter: openedBoot, startCounter: openedStart, seq: openedSeq } = at;
  const rows = await tx.factInterval.findMany({ where: { scannerId, openedBoot, openedStart, openedSeq } });
  return rows.map(storedInterval);
}

function storedInterval(row: {
  id: string;
  kind: string;
  value: unknown;
  closedAt: Date | null;
}): StoredInterval {
  return { id: row.id, kind: row.kind, value: row.value, closedMs: row.closedAt?.getTime() ?? null };
}

export async function applyFactChanges(
  tx: Tx,
  owner: Rooted,
  changes: readonly IntervalChange[],
): Promise<void> {
  const opened = changes.filter((one) => one.change === "open");
  const closed = changes.filter((one) => one.change === "close");
  for (const one of changes)
    if (one.change === "begin-earlier")
      await tx.factInterval.updateMany({ where: { id: one.id }, data: openedFrom(one.from) });
  if (opened.length + closed.length === 0) return;
  const setIds = opened.length === 0 ? [] : await indexFacts(tx, opened);
  const rows = opened.map((one, place) => ({
    ...owner,
    setId: setIds[place] ?? null,
    id: uuidv7(),
    kind: one.kind,
    value: one.value,
    closedAt: one.closedMs === null ? null : new Date(one.closedMs),
    ...openedFrom(one.from),
  }));
  // As one JSON text: the query builder would walk every value of the facts.
  await tx.$executeRaw`
    with closed as (
      update "FactInterval" i set "closedAt" = row."at"
      from jsonb_to_recordset(${closedRows(closed)}::jsonb) as row("id" uuid, "at" timestamptz) where i."id" = row."id")
    insert into "FactInterval" ("id", "organisationId", "regionId", "siteId", "scannerId", "kind", "value", "openedAt", "openedBoot",
      "openedStart", "openedSeq", "closedAt", "setId")
    select "id", "organisationId", "regionId", "siteId", "scannerId", "kind", "value", "openedAt", "openedBoot",
      "openedStart", "openedSeq", "closedAt", "setId"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row("id" uuid, "organisationId" uuid, "regionId" uuid, "siteId" uuid,
      "scannerId" uuid, "kind" text, "value" jsonb, "openedAt" timestamptz, "openedBoot" int, "openedStart" int, "openedSeq" int,
      "closedAt" timestamptz, "setId" uuid)`;
}

function closedRows(closed: readonly { id: string; atMs: number }[]): string {
  return JSON.stringify(closed.map(({ id, atMs }) => ({ id, at: new Date(atMs) })));
}

function openedFrom({ place, atMs }: Moment) {
  return {
    openedAt: new Date(atMs),
    openedBoot: place.bootCounter,
    openedStart: place.startCounter,
    openedSeq: place.seq,
  };
}

/** What becomes of the findings in history. `renew`: the same trouble, told in other words. */
export type FindingChange =
  | { change: "open"; owner: Rooted; finding: OpenFinding; signature: string }
  | { change: "renew"; id: string; finding: OpenFinding; signature: string }
  | { change: "close"; id: string; atMs: number };

/** Of any number of scanners, in one statement. */
export async function changeFindings(tx: Tx, changes: readonly FindingChange[]): Promise<void> {
  if (changes.length === 0) return;
  const renewed = changes.flatMap((one) =>
    one.change === "renew" ? [{ id: one.id, ...findingColumns(one) }] : [],
  );
  const opened = changes.flatMap((one) =>
    one.change === "open"
      ? [{ ...one.owner, ...findingColumns(one), id: uuidv7(), openedAt: new Date(one.finding.sinceMs) }]
      : [],
  );
  const closed = changes.filter((one) => one.change === "close");
  await tx.$executeRaw`
    with closed as (
      update "FindingInterval" i set "closedAt" = row."at"
      from jsonb_to_recordset(${closedRows(closed)}::jsonb) as row("id" uuid, "at" timestamptz) where i."id" = row."id"),
    renewed as (
      update "FindingInterval" i set "signature" = row."signature", "class" = row."class", "finding" = row."finding"
      from jsonb_to_recordset(${JSON.stringify(renewed)}::jsonb)
        as row("id" uuid, "signature" text, "class" text, "finding" jsonb) where i."id" = row."id")
    insert into "FindingInterval" ("id", "organisationId", "regionId", "siteId", "scannerId", "itemId", "class", "signature", "finding",
      "openedAt")
    select "id", "organisationId", "regionId", "siteId", "scannerId", "itemId", "class", "signature", "finding", "openedAt"
    from jsonb_populate_recordset(null::"FindingInterval", ${JSON.stringify(opened)}::jsonb)`;
}

function findingColumns({ finding, signature }: { finding: OpenFinding; signature: string }) {
  return { itemId: finding.itemId, class: finding.class, signature, finding };
}

export type HeadlineTurn = { owner: Rooted; headline: Headline; atMs: number };

/** Ends the headline intervals that are open and opens the next; of any number of scanners, in one statement. */
export async function turnHeadlines(tx: Tx, turns: readonly HeadlineTurn[]): Promise<void> {
  if (turns.length === 0) return;
  const rows = turns.map(({ owner, headline, atMs }) => ({
    ...owner,
    id: uuidv7(),
    headline: headline.word,
    variant: headline.variant,
    reason: headline.reason,
    openedAt: new Date(atMs),
  }));
  await tx.$executeRaw`
    with turned as (select * from jsonb_populate_recordset(null::"HeadlineInterval", ${JSON.stringify(rows)}::jsonb)),
    ended as (
      update "HeadlineInterval" i set "closedAt" = turned."openedAt" from turned
      where i."scannerId" = turned."scannerId" and i."closedAt" is null)
    insert into "HeadlineInterval" ("id", "organisationId", "regionId", "siteId", "scannerId", "headline", "variant", "reason", "openedAt")
    select "id", "organisationId", "regionId", "siteId", "scannerId", "headline", "variant", "reason", "openedAt" from turned`;
}
