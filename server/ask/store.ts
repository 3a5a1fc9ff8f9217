import type { HeadlineWord } from "#core/headline/axes.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { When } from "#server/ask/view.ts";
import { likeAnywhere } from "#server/database/like.ts";
import type { Tx } from "#server/database/scoped.ts";

/**
 * Questions to the index. Contents and closures belong to no site; every statement here reaches scanners through tables that do, so
 * row-level security decides which of them are counted.
 */

/** The scanners that count: those that the fleet table shows. */
const COUNTED = Prisma.sql`s."identity" in ('approved', 'locked-out') and s."service" <> 'retired'`;

/** A set of scanners, said by what they have. */
export type Selection =
  /** Terms of the index: contents that have this name on this shelf, with one of these values; null: whatever value. */
  | { from: "facts"; shelf: string; facts: readonly string[]; name: string; values: readonly string[] | null }
  /** Closures that hold a path; each digest under the value it is counted for. */
  | { from: "closures"; holds: readonly { value: string; digest: string }[] }
  /** Scanners already known by id. */
  | { from: "scanners"; ids: readonly string[] };

/** `having(value, scanner)`: one row for each value a scanner has. */
function having(selection: Selection, when: When): Prisma.Sql {
  switch (selection.from) {
    case "facts":
      return havingTerm(selection, when);
    case "closures":
      return when === "now" ? runningNow(selection.holds) : everRun(selection.holds);
    case "scanners":
      return Prisma.sql`select '' as "value", "scanner" from unnest(${[...selection.ids]}::uuid[]) as one("scanner")`;
  }
}

function havingTerm(
  { shelf, facts, name, values }: Extract<Selection, { from: "facts" }>,
  when: When,
): Prisma.Sql {
  const open = when === "now" ? Prisma.sql`and i."closedAt" is null` : Prisma.empty;
  const among = values === null ? Prisma.empty : Prisma.sql`and t."value" = any(${[...values]}::text[])`;
  return Prisma.sql`
    select t."value", i."scannerId" as "scanner" from "FactTerm" t
    join "FactInterval" i on i."kind" = any(${[...facts]}::text[]) and i."setId" = t."setId" ${open}
    where t."kind" = ${shelf} and t."name" = ${name} ${among}`;
}

type Holds = readonly { value: string; digest: string }[];

function held(holds: Holds): Prisma.Sql {
  const values = holds.map(({ value }) => value);
  const digests = holds.map(({ digest }) => digest);
  return Prisma.sql`unnest(${values}::text[], ${digests}::text[]) as held("value", "digest")`;
}

function runningNow(holds: Holds): Prisma.Sql {
  return Prisma.sql`
    select held."value", st."scannerId" as "scanner" from ${held(holds)}
    join "ScannerState" st on st."runningDigest" = held."digest"`;
}

/**
 * Ran the toplevel at some time, and reported this very digest for it at some time. Both lists are made once and joined: asked scanner
 * by scanner it would be slower by far.
 */
function everRun(holds: Holds): Prisma.Sql {
  return Prisma.sql`
    with held as materialized (
      select held."value", held."digest", c."toplevel" from ${held(holds)} join "Closure" c on c."digest" = held."digest"),
    ran as materialized (
      select distinct t."name" as "toplevel", i."scannerId" as "scanner" from "FactTerm" t
      join "FactInterval" i on i."kind" = 'closures' and i."setId" = t."setId"
      where t."kind" = 'running' and t."name" in (select "toplevel" from held)),
    said as materialized (
      select distinct t."name" as "toplevel", t."value" as "digest", i."scannerId" as "scanner" from "FactTerm" t
      join "FactInterval" i on i."kind" = 'closureDigests' and i."setId" = t."setId"
      where t."kind" = 'digest' and (t."name", t."value") in (select "toplevel", "digest" from held))
    select held."value", ran."scanner" from held
    join ran on ran."toplevel" = held."toplevel"
    join said on said."toplevel" = held."toplevel" and said."digest" = held."digest" and said."scanner" = ran."scanner"`;
}

export type Groups = { groups: { value: string; count: number }[]; scanners: number };

/** How many have each value, and how many have any: a scanner with two values stands in two groups and counts once. */
export async function groupsOf(tx: Tx, selection: Selection, when: When): Promise<Groups> {
  const rows = await tx.$queryRaw<{ value: string | null; count: number }[]>`
    select h."value", count(distinct s."id")::int as "count" from (${having(selection, when)}) h
    join "Scanner" s on s."id" = h."scanner" and ${COUNTED} group by grouping sets ((h."value"), ())`;
  return {
    groups: rows.flatMap(({ value, count }) => (value === null ? [] : [{ value, count }])),
    scanners: rows.find(({ value }) => value === null)?.count ?? 0,
  };
}

export async function countOf(tx: Tx, selection: Selection, when: When): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::int as "count" from "Scanner" s
    where ${COUNTED} and s."id" in (select "scanner" from (${having(selection, when)}) h)`;
  return row?.count ?? 0;
}

export type Place = { serial: string; id: string };

export async function scannersOf(
  tx: Tx,
  selection: Selection,
  page: { when: When; after: Place | null; limit: number },
): Promise<Place[]> {
  const { after } = page;
  const beyond =
    after === null
      ? Prisma.empty
      : Prisma.sql`and (s."serial", s."id") > (${after.serial}, ${after.id}::uuid)`;
  return await tx.$queryRaw<Place[]>`
    select s."serial", s."id" from "Scanner" s
    where ${COUNTED} and s."id" in (select "scanner" from (${having(selection, page.when)}) h) ${beyond}
    order by 1, 2 limit ${page.limit}`;
}

/** Which closures hold a package of this name, version as the path says it. */
export async function closuresWithPackage(tx: Tx, name: string) {
  return await tx.$queryRaw<{ version: string; digest: string }[]>`
    select distinct "version", "closureDigest" as "digest" from "ClosurePath" where "name" = ${name}`;
}

/** Store paths whose last part begins like this, with the closures that hold them. */
export async function closuresWithPath(tx: Tx, base: string, limit: number) {
  return await tx.$queryRaw<{ path: string; digest: string }[]>`
    select "path", "closureDigest" as "digest" from "ClosurePath"
    where substring("path" from '[^/]*$') collate "C" >= ${base}
      and substring("path" from '[^/]*$') collate "C" < ${base} || chr(1114111) limit ${limit}`;
}

/** Store paths whose content has a hash that begins like this. */
export async function closuresWithContent(tx: Tx, start: string, limit: number) {
  return await tx.$queryRaw<{ path: string; digest: string }[]>`
    select "path", "closureDigest" as "digest" from "ClosurePath"
    where "narHash" collate "C" >= ${start} and "narHash" collate "C" < ${start} || chr(1114111) limit ${limit}`;
}

export async function closuresCalled(tx: Tx, start: string, limit: number) {
  return await tx.$queryRaw<{ path: string; digest: string }[]>`
    select "toplevel" as "path", "digest" from "Closure"
    where "digest" collate "C" >= ${start} and "digest" collate "C" < ${start} || chr(1114111) limit ${limit}`;
}

export type Totals = { total: number; listed: number };

/** Scanners that count, and those of them whose running closure is stored path by path. */
export async function totals(tx: Tx): Promise<Totals> {
  const [row] = await tx.$queryRaw<Totals[]>`
    select count(*)::int as "total", count(c."digest")::int as "listed" from "Scanner" s
    left join "ScannerState" st on st."scannerId" = s."id"
    left join "Closure" c on c."digest" = st."runningDigest" where ${COUNTED}`;
  return row ?? { total: 0, listed: 0 };
}

/** Per fact kind, how many scanners speak of it and saw it; and how many intervals the index does not hold yet. */
export async function reportingByFact(tx: Tx, facts: readonly string[], notSeen: string) {
  return await tx.$queryRaw<{ kind: string; reporting: number; notIndexed: number }[]>`
    select i."kind", count(*) filter (where i."setId" <> ${notSeen}::uuid)::int as "reporting",
      count(*) filter (where i."setId" is null)::int as "notIndexed"
    from "FactInterval" i join "Scanner" s on s."id" = i."scannerId" and ${COUNTED}
    where i."closedAt" is null and i."kind" = any(${[...facts]}::text[]) group by 1`;
}

/**
 * A number of every scanner that provides it, as its newest report says it. Scanners with the same content list the same things in the
 * same order, so where it stands is looked up once for each content; only where it is not found there is the whole list gone through.
 */
export async function providedNumbers(tx: Tx, owner: string, id: string) {
  const named = (one: Prisma.Sql) => Prisma.sql`${one} ->> 'owner' = ${owner} and ${one} ->> 'id' = ${id}`;
  return await tx.$queryRaw<{ scannerId: string; value: number }[]>`
    with held as materialized (
      select t."setId", (select e."at" - 1 from "FactInterval" i
        cross join lateral jsonb_array_elements(i."value" -> 'observed') with ordinality e("one", "at")
        where i."kind" = 'provided' and i."setId" = t."setId" and i."closedAt" is null and ${named(Prisma.sql`e."one"`)}
        limit 1)::int as "at"
      from "FactTerm" t where t."kind" = 'number' and t."name" = ${`${owner}/${id}`})
    select i."scannerId", (case when ${named(Prisma.sql`there."one"`)} then there."one" -> 'value'
      else jsonb_path_query_first(i."value", '$.observed[*] ? (@.owner == $owner && @.id == $id).value',
        jsonb_build_object('owner', ${owner}::text, 'id', ${id}::text)) end)::float8 as "value"
    from held
    join "FactInterval" i on i."kind" = 'provided' and i."setId" = held."setId" and i."closedAt" is null
    join "Scanner" s on s."id" = i."scannerId" and ${COUNTED}
    cross join lateral (select i."value" -> 'observed' -> held."at" as "one" offset 0) there`;
}

export async function searchFleet(tx: Tx, text: string, limit: number) {
  const like = likeAnywhere(text);
  return await tx.$queryRaw<
    { scannerId: ScannerId; serial: string; alias: string | null; siteName: string; headline: HeadlineWord }[]
  >`
    select s."id" as "scannerId", s."serial", s."alias", si."name" as "siteName", coalesce(st."headline", 'unknown') as "headline"
    from "Scanner" s join "Site" si on si."id" = s."siteId" left join "ScannerState" st on st."scannerId" = s."id"
    where ${COUNTED} and (s."serial" ilike ${like} or s."alias" ilike ${like} or si."name" ilike ${like} or s."hostname" ilike ${like})
    order by position(lower(${text}) in lower(s."serial")) = 0, position(lower(${text}) in lower(coalesce(s."alias", ''))) = 0, s."serial"
    limit ${limit}`;
}

export async function searchSites(tx: Tx, text: string, limit: number) {
  const like = likeAnywhere(text);
  return await tx.$queryRaw<{ siteId: SiteId; name: string }[]>`
    select "id" as "siteId", "name" from "Site" where "name" ilike ${like} and "retiredAt" is null order by "name" limit ${limit}`;
}
