import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";
import type { Facet, FleetFacets } from "#server/scanner/view.ts";
import { ENROLLED, FLEET_FROM, WORD } from "./fleet-where-store.ts";

/** What a menu can list and a person can still read. */
const MOST = 500;

/**
 * The values that the fleet in the reader's sight has, with how many scanners have each: what the menus of the filter offer. An empty
 * value stands for the scanners that have none.
 */
export async function fleetFacets(tx: Tx): Promise<FleetFacets> {
  const rows = await tx.$queryRaw<(Facet & { field: keyof FleetFacets })[]>`
    with m as materialized (
      select s."siteId", si."name" as "siteName", s."regionId", s."model", s."tags", s."origin", cr."name" as "running",
        pr."name" as "pinned", st."findings" ${FLEET_FROM} where ${ENROLLED} and ${WORD} <> 'retired'),
    facets as (
      select 'site' as "field", m."siteId"::text as "value", min(m."siteName") as "name", count(*)::int as "count" from m group by 2
      union all select 'region', m."regionId"::text, min(r."name"), count(*)::int from m
        join "Region" r on r."id" = m."regionId" group by 2
      union all ${byValue("model", Prisma.sql`coalesce(m."model", '')`)}
      union all ${byValue("running", Prisma.sql`coalesce(m."running", '')`)}
      union all ${byValue("pinned", Prisma.sql`coalesce(m."pinned", '')`)}
      union all ${byValue("origin", Prisma.sql`m."origin"`)}
      union all select 'tag', coalesce(t.tag, ''), null, count(*)::int from m left join lateral unnest(m."tags") t(tag) on true group by 2
      union all select 'item', f.item ->> 'itemId', null, count(*)::int from m
        cross join lateral jsonb_array_elements(coalesce(m."findings", '[]'::jsonb)) f(item) group by 2),
    ranked as (
      select *, row_number() over (partition by "field" order by "count" desc, "value") as "place" from facets)
    select "field", "value", "name", "count" from ranked where "place" <= ${MOST} order by "field", coalesce("name", "value")`;
  const facets: FleetFacets = {
    ...{ site: [], region: [], model: [], tag: [], running: [], pinned: [], item: [], origin: [] },
  };
  for (const { field, ...facet } of rows) facets[field].push(facet);
  return facets;
}

function byValue(field: keyof FleetFacets, value: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`select ${Prisma.raw(`'${field}'`)}, ${value}, null, count(*)::int from m group by 2`;
}
