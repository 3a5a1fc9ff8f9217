import { v7 } from "uuid";
import type { OrganisationId, RegionId, ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Tx } from "#server/act.ts";

export async function sites(tx: Tx) {
  return tx.site.findMany({ orderBy: { name: "asc" }, include: { region: { select: { name: true } } } });
}

/** Scanners of every site in reach, those that were retired apart. */
export async function scannerCounts(tx: Tx): Promise<Map<string, { active: number; retired: number }>> {
  const rows = await tx.$queryRaw<{ siteId: string; active: number; retired: number }[]>`
    select "siteId", count(*) filter (where "identity" not in ('retired', 'refused'))::int as "active",
      count(*) filter (where "identity" = 'retired')::int as "retired" from "Scanner" group by 1`;
  return new Map(rows.map(({ siteId, ...counts }) => [siteId, counts]));
}

export async function siteById(tx: Tx, siteId: SiteId) {
  return tx.site.findUnique({ where: { id: siteId }, include: { region: { select: { name: true } } } });
}
export type Site = NonNullable<Awaited<ReturnType<typeof siteById>>>;

/** Held until the transaction ends, so that no scanner comes while a site is closed. */
export async function lockSite(tx: Tx, siteId: SiteId): Promise<void> {
  await tx.$queryRaw`select 1 from "Site" where "id" = ${siteId}::uuid for update`;
}

export async function createSite(
  tx: Tx,
  site: { organisationId: OrganisationId; regionId: RegionId; name: string; timeZone: string },
): Promise<SiteId> {
  const id = v7() as SiteId;
  await tx.site.create({ data: { id, ...site } });
  return id;
}

type SiteData = { name?: string; timeZone?: string; regionId?: RegionId; retiredAt?: Date | null };

export async function updateSite(tx: Tx, siteId: SiteId, data: SiteData): Promise<void> {
  await tx.site.update({ where: { id: siteId }, data });
}

/** Ids of its scanners that somebody may still be waiting for. */
export async function activeScanners(tx: Tx, siteId: SiteId): Promise<ScannerId[]> {
  const rows = await tx.scanner.findMany({
    where: { siteId, identity: { notIn: ["retired", "refused"] } },
    select: { id: true },
  });
  return rows.map(({ id }) => id as ScannerId);
}

/** A closed site lets nobody in: its open tokens end with it. */
export async function endTokens(tx: Tx, siteId: SiteId, nowMs: number): Promise<number> {
  const at = new Date(nowMs);
  const open = { siteId, usedAt: null, revokedAt: null, expiresAt: { gt: at } };
  return (await tx.enrolmentToken.updateMany({ where: open, data: { revokedAt: at } })).count;
}
