import type { NumericReading } from "#core/finding/numeric.ts";
import type { Scope } from "#core/identity/identity.ts";
import type { Tx } from "#server/database/scoped.ts";

/** Numeric readings, five minutes a row (EXP-9). Row-level security holds the site. */

export type SeriesOwner = Scope & { scannerId: string };

/** All readings of one report in one statement. */
export async function addReadings(
  tx: Tx,
  { organisationId, regionId, siteId, scannerId }: SeriesOwner,
  at: Date,
  readings: readonly NumericReading[],
): Promise<void> {
  await tx.$executeRaw`
    insert into "NumericSeries" ("organisationId", "regionId", "siteId", "scannerId", "itemId", "at", "min", "max", "last")
    select ${organisationId}::uuid, ${regionId}::uuid, ${siteId}::uuid, ${scannerId}::uuid, "itemId", ${at}, "value", "value", "value"
    from jsonb_to_recordset(${JSON.stringify(readings)}::jsonb) as row("itemId" text, "value" double precision)
    on conflict ("scannerId", "itemId", "at") do update set
      "min" = least("NumericSeries"."min", excluded."min"),
      "max" = greatest("NumericSeries"."max", excluded."max"),
      "last" = excluded."last"`;
}

export type SeriesAsk = { scannerId: string; itemIds: readonly string[]; fromMs: number; toMs: number };
type PointRow = { itemId: string; atMs: number; min: number; max: number; last: number };

/** Rows joined to `stepMs`, oldest first. */
export async function readPoints(
  tx: Tx,
  { scannerId, itemIds, fromMs, toMs }: SeriesAsk,
  stepMs: number,
): Promise<PointRow[]> {
  return await tx.$queryRaw<PointRow[]>`
    select "itemId", (floor(extract(epoch from "at") * 1000 / ${stepMs}::double precision) * ${stepMs}::double precision)::double precision as "atMs",
      min("min") as "min", max("max") as "max", (array_agg("last" order by "at" desc))[1] as "last"
    from "NumericSeries"
    where "scannerId" = ${scannerId}::uuid and "itemId" = any(${[...itemIds]}::text[])
      and "at" >= ${new Date(fromMs)} and "at" <= ${new Date(toMs)}
    group by 1, 2 order by 1, 2`;
}

export async function deleteBefore(tx: Tx, before: Date): Promise<number> {
  return await tx.$executeRaw`delete from "NumericSeries" where "at" < ${before}`;
}
