import { HEADLINES, type HeadlineWord } from "#core/headline/axes.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { likeAnywhere } from "#server/database/like.ts";
import type { Tx } from "#server/database/scoped.ts";

/**
 * What the intervals say of a moment. For each scanner the newest interval that began by then is one step into an index, however long
 * history is; if it had ended by then, nothing was known.
 */

export type ThenInterval = { openedAt: Date; closedAt: Date | null };

export async function scannerLabels(tx: Tx, scannerId: string) {
  return await tx.scanner.findUnique({
    where: { id: scannerId },
    include: { site: { select: { name: true, timeZone: true } } },
  });
}

export async function factsAt(tx: Tx, scannerId: string, kinds: readonly string[], at: Date) {
  return await tx.$queryRaw<(ThenInterval & { kind: string; value: unknown })[]>`
    select kind.name as "kind", i."value", i."openedAt", i."closedAt"
    from unnest(${[...kinds]}::text[]) as kind(name)
    cross join lateral (
      select "value", "openedAt", "closedAt" from "FactInterval"
      where "scannerId" = ${scannerId}::uuid and "kind" = kind.name and "openedAt" <= ${at}
      order by "openedAt" desc, "openedBoot" desc, "openedStart" desc, "openedSeq" desc limit 1) i
    where i."closedAt" is null or i."closedAt" > ${at}
    order by 1`;
}

export async function findingsAt(tx: Tx, scannerId: string, at: Date) {
  return await tx.findingInterval.findMany({
    where: { scannerId, openedAt: { lte: at }, OR: [{ closedAt: null }, { closedAt: { gt: at } }] },
    orderBy: { openedAt: "asc" },
    take: 2_000,
  });
}

export type HeadlineRow = ThenInterval & { headline: string; variant: string | null; reason: unknown };

export async function headlineAt(tx: Tx, scannerId: string, at: Date): Promise<HeadlineRow | null> {
  const row = await tx.headlineInterval.findFirst({
    where: { scannerId, openedAt: { lte: at } },
    orderBy: [{ openedAt: "desc" }, { id: "desc" }],
  });
  return row === null || (row.closedAt !== null && row.closedAt <= at) ? null : row;
}

/** When the first scanner in scope came, which is before anything can be known of it. */
export async function earliest(tx: Tx): Promise<Date | null> {
  const [row] = await tx.$queryRaw<{ at: Date | null }[]>`
    select min(h."openedAt") as "at" from "Scanner" s cross join lateral (
      select "openedAt" from "HeadlineInterval" where "scannerId" = s."id" order by "openedAt" limit 1) h`;
  return row?.at ?? null;
}

export type FleetAsk = { at: Date; siteId: string | null; search: string | null };

const KEPT = Prisma.sql`s."identity" in ('approved', 'locked-out', 'retired')`;

function matching({ siteId, search }: FleetAsk): Prisma.Sql {
  const like = search === null ? null : likeAnywhere(search);
  const found =
    like === null
      ? Prisma.empty
      : Prisma.sql`and (s."serial" ilike ${like} or s."alias" ilike ${like} or si."name" ilike ${like})`;
  const inSite = siteId === null ? Prisma.empty : Prisma.sql`and s."siteId" = ${siteId}::uuid`;
  return Prisma.sql`${KEPT} ${inSite} ${found}`;
}

/** Each scanner that matches, with the headline that stood then; nulls where nothing was known. */
function headlinesThen(ask: FleetAsk): Prisma.Sql {
  return Prisma.sql`
    select s."id", s."serial", s."createdAt",
      case when h."closedAt" is null or h."closedAt" > ${ask.at} then h."headline" end as "headline",
      case when h."closedAt" is null or h."closedAt" > ${ask.at} then h."variant" end as "variant"
    from "Scanner" s join "Site" si on si."id" = s."siteId"
    left join lateral (
      select "headline", "variant", "closedAt" from "HeadlineInterval"
      where "scannerId" = s."id" and "openedAt" <= ${ask.at} order by "openedAt" desc limit 1) h on true
    where ${matching(ask)}`;
}

export type CountThen = { headline: HeadlineWord | null; variant: string | null; count: number };

export async function countsAt(tx: Tx, ask: FleetAsk): Promise<CountThen[]> {
  return await tx.$queryRaw<CountThen[]>`
    select "headline", "variant", count(*)::int as "count" from (${headlinesThen(ask)}) n group by 1, 2`;
}

/** How many ran each content of the fact that names the running closure; null: not known what they ran. */
export async function runningAt(tx: Tx, ask: FleetAsk) {
  return await tx.$queryRaw<{ toplevel: string | null; count: number }[]>`
    select t."name" as "toplevel", sum(n."count")::int as "count" from (
      select case when i."closedAt" is null or i."closedAt" > ${ask.at} then i."setId" end as "setId", count(*) as "count"
      from "Scanner" s join "Site" si on si."id" = s."siteId"
      left join lateral (
        select "setId", "closedAt" from "FactInterval"
        where "scannerId" = s."id" and "kind" = 'closures' and "openedAt" <= ${ask.at}
        order by "openedAt" desc limit 1) i on true
      where ${matching(ask)} group by 1) n
    left join "FactTerm" t on t."setId" = n."setId" and t."kind" = 'running'
    group by 1 order by 2 desc, 1`;
}

const RANK = Prisma.sql`coalesce(array_position(array[${Prisma.join([...HEADLINES])}]::text[], "headline"), 99)`;

export type ThenKey = { rank: number; serial: string; id: string };

export async function keysAt(
  tx: Tx,
  ask: FleetAsk,
  page: { after: ThenKey | null; limit: number; headlines: readonly string[] | null },
): Promise<ThenKey[]> {
  const { after } = page;
  const beyond =
    after === null
      ? Prisma.empty
      : Prisma.sql`and (${RANK}, "serial", "id") > (${after.rank}::int, ${after.serial}, ${after.id}::uuid)`;
  const among =
    page.headlines === null ? Prisma.empty : Prisma.sql`and "headline" = any(${[...page.headlines]}::text[])`;
  return await tx.$queryRaw<ThenKey[]>`
    select ${RANK} as "rank", "serial", "id" from (${headlinesThen(ask)}) n where true ${among} ${beyond}
    order by 1, 2, 3 limit ${page.limit}`;
}

export type RowThen = HeadlineRow & {
  id: string;
  serial: string;
  alias: string | null;
  model: string | null;
  siteId: string;
  siteName: string;
  timeZone: string;
  toplevel: string | null;
};

export async function rowsAt(tx: Tx, ids: readonly string[], at: Date) {
  return await tx.$queryRaw<(Omit<RowThen, keyof HeadlineRow> & Partial<HeadlineRow>)[]>`
    select s."id", s."serial", s."alias", s."model", s."siteId", si."name" as "siteName", si."timeZone",
      h."headline", h."variant", h."reason", h."openedAt", h."closedAt", t."name" as "toplevel"
    from "Scanner" s join "Site" si on si."id" = s."siteId"
    left join lateral (
      select * from "HeadlineInterval" where "scannerId" = s."id" and "openedAt" <= ${at}
      order by "openedAt" desc limit 1) h on h."closedAt" is null or h."closedAt" > ${at}
    left join lateral (
      select "setId", "closedAt" from "FactInterval"
      where "scannerId" = s."id" and "kind" = 'closures' and "openedAt" <= ${at}
      order by "openedAt" desc limit 1) i on i."closedAt" is null or i."closedAt" > ${at}
    left join "FactTerm" t on t."setId" = i."setId" and t."kind" = 'running'
    where s."id" = any(${[...ids]}::uuid[])`;
}
