import { v7 } from "uuid";
import type { OrganisationId, RegionId, SiteId } from "#core/identity/identity.ts";
import type { Tx } from "#server/act.ts";

export async function regions(tx: Tx) {
  return await tx.region.findMany({
    orderBy: { name: "asc" },
    include: { sites: { select: { retiredAt: true } } },
  });
}

/** The regions these sites lie in. */
export async function regionsOfSites(tx: Tx, siteIds: readonly SiteId[]): Promise<ReadonlySet<string>> {
  const rows = await tx.site.findMany({ where: { id: { in: [...siteIds] } }, select: { regionId: true } });
  return new Set(rows.map(({ regionId }) => regionId));
}

export async function regionById(tx: Tx, id: RegionId) {
  return await tx.region.findUnique({ where: { id } });
}

export async function theOrganisation(tx: Tx): Promise<OrganisationId> {
  const { id } = await tx.organisation.findFirstOrThrow({ select: { id: true } });
  return id as OrganisationId;
}

/** Held until the transaction ends: of two people who name a region alike at once, the second hears that it is there. */
export async function lockRegions(tx: Tx): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('fiducial.regions'))`;
}

export async function regionNamed(tx: Tx, organisationId: OrganisationId, name: string) {
  return await tx.region.findFirst({ where: { organisationId, name }, orderBy: { createdAt: "asc" } });
}

export async function oldestRegion(tx: Tx, organisationId: OrganisationId) {
  return await tx.region.findFirst({ where: { organisationId }, orderBy: { createdAt: "asc" } });
}

export async function createRegion(tx: Tx, organisationId: OrganisationId, name: string): Promise<RegionId> {
  const id = v7() as RegionId;
  await tx.region.create({ data: { id, organisationId, name } });
  return id;
}

export async function renameRegion(tx: Tx, id: RegionId, name: string): Promise<void> {
  await tx.region.update({ where: { id }, data: { name } });
}

/** What still hangs on a region: sites, and people or open invitations whose role is over all of it. */
export async function hangingOn(tx: Tx, regionId: RegionId, nowMs: number) {
  const open = { acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date(nowMs) } };
  return {
    sites: await tx.site.count({ where: { regionId } }),
    people: await tx.membership.count({ where: { scopeKind: "region", regionId } }),
    invitations: await tx.invitation.count({ where: { scopeKind: "region", regionId, ...open } }),
  };
}

export async function removeRegion(tx: Tx, id: RegionId): Promise<void> {
  await tx.region.delete({ where: { id } });
}
