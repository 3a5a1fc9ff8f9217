import { v7 } from "uuid";
import type { OrganisationId, RegionId, SiteId } from "#core/identity/identity.ts";
import type { Tx } from "#server/act.ts";

/** Any number of people may send the first-run form at once: the lock lets one after the other look whether a user exists. */
const SETUP_LOCK = 72_707_370;

export async function lockSetup(tx: Tx): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${SETUP_LOCK}::bigint)`;
}

export async function anyPerson(tx: Tx): Promise<boolean> {
  return (await tx.user.findFirst({ select: { id: true } })) !== null;
}

export type FirstPlaces = {
  organisationName: string;
  regionName: string;
  siteName: string;
  timeZone: string;
};

/** An organisation left by an interrupted setup is renamed, never doubled: one database holds one organisation. */
export async function createFirstPlaces(
  tx: Tx,
  names: FirstPlaces,
): Promise<{ organisationId: OrganisationId; siteId: SiteId }> {
  const found = await tx.organisation.findFirst({ select: { id: true } });
  const organisationId = (found?.id ?? v7()) as OrganisationId;
  const name = names.organisationName;
  await tx.organisation.upsert({
    where: { id: organisationId },
    create: { id: organisationId, name },
    update: { name },
  });
  const regionId = v7() as RegionId;
  await tx.region.create({ data: { id: regionId, organisationId, name: names.regionName } });
  const siteId = v7() as SiteId;
  await tx.site.create({
    data: { id: siteId, organisationId, regionId, name: names.siteName, timeZone: names.timeZone },
  });
  return { organisationId, siteId };
}
