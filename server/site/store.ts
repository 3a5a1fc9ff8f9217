import { v7 } from "uuid";
import type { OrganisationId, RegionId, SiteId } from "#core/identity/identity.ts";
import type { Tx } from "#server/act.ts";

export async function sites(tx: Tx) {
  return tx.site.findMany({
    orderBy: { name: "asc" },
    include: {
      region: { select: { name: true } },
      _count: { select: { scanners: { where: { identity: { not: "retired" } } } } },
    },
  });
}

export async function siteById(tx: Tx, siteId: SiteId) {
  return tx.site.findUnique({ where: { id: siteId } });
}

export async function theOrganisation(tx: Tx): Promise<OrganisationId> {
  const { id } = await tx.organisation.findFirstOrThrow({ select: { id: true } });
  return id as OrganisationId;
}

/** Regions are words until somebody needs more: named once, they are found again by their name. */
export async function regionNamed(tx: Tx, organisationId: OrganisationId, name: string | null) {
  return tx.region.findFirst({
    where: name === null ? { organisationId } : { organisationId, name },
    orderBy: { createdAt: "asc" },
  });
}

export async function createRegion(tx: Tx, organisationId: OrganisationId, name: string): Promise<RegionId> {
  const id = v7() as RegionId;
  await tx.region.create({ data: { id, organisationId, name } });
  return id;
}

export async function createSite(
  tx: Tx,
  site: { organisationId: OrganisationId; regionId: RegionId; name: string; timeZone: string },
): Promise<SiteId> {
  const id = v7() as SiteId;
  await tx.site.create({ data: { id, ...site } });
  return id;
}

export async function updateSite(tx: Tx, siteId: SiteId, data: { name?: string; timeZone?: string }) {
  await tx.site.update({ where: { id: siteId }, data });
}
