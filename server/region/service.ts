import type { Membership } from "#core/access/membership.ts";
import { may, type ProcedureName, type Reach } from "#core/access/permission.ts";
import type { OrganisationId, RegionId } from "#core/identity/identity.ts";
import type { Act, Tx } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import * as store from "./store.ts";
import type { RegionRow } from "./view.ts";

/** A region lies in no site, so its rows are reached over all sites, and the right is asked for here. */
export type Asker = { memberships: readonly Membership[]; reach: Reach };

type Region = NonNullable<Awaited<ReturnType<typeof store.regionById>>>;

export async function listRegions(tx: Tx, { memberships, reach }: Asker): Promise<RegionRow[]> {
  const rows = await store.regions(tx);
  const seen = await store.regionsOfSites(tx, reach.siteIds);
  return rows
    .filter((row) => seen.has(row.id) || may(memberships, "region.list", placeOf(row)))
    .map((row) => ({
      regionId: row.id as RegionId,
      name: row.name,
      sites: {
        open: row.sites.filter(({ retiredAt }) => retiredAt === null).length,
        closed: row.sites.filter(({ retiredAt }) => retiredAt !== null).length,
      },
    }));
}

export function placeOf({ organisationId, id }: Pick<Region, "organisationId" | "id">) {
  return { organisationId: organisationId as OrganisationId, regionId: id as RegionId, siteId: null };
}

/** A new region takes a role over the whole organisation. */
export async function createRegion(
  act: Act,
  { memberships }: Asker,
  { name }: { name: string },
): Promise<{ regionId: RegionId }> {
  const organisationId = await store.theOrganisation(act.tx);
  if (!may(memberships, "region.create", { organisationId, regionId: null, siteId: null }))
    throw new Refusal("scope-outside-yours");
  await refuseTaken(act.tx, organisationId, name);
  const regionId = await store.createRegion(act.tx, organisationId, name);
  await act.audit({ siteId: null, action: "region.created", body: { regionId, name } });
  act.listChanged("site", null);
  return { regionId };
}

export async function renameRegion(
  act: Act,
  asker: Asker,
  { regionId, name }: { regionId: RegionId; name: string },
): Promise<Record<string, never>> {
  const region = await requireRegion(act.tx, asker, { regionId, procedure: "region.rename" });
  if (region.name === name) throw new Refusal("nothing-to-change");
  await refuseTaken(act.tx, region.organisationId as OrganisationId, name);
  await store.renameRegion(act.tx, regionId, name);
  await act.audit({
    siteId: null,
    action: "region.renamed",
    body: { regionId, from: region.name, to: name },
  });
  act.listChanged("site", null);
  return {};
}

/** Only an empty region goes: a closed site's history still names its region. */
export async function removeRegion(
  act: Act,
  asker: Asker,
  { regionId }: { regionId: RegionId },
): Promise<Record<string, never>> {
  const region = await requireRegion(act.tx, asker, { regionId, procedure: "region.remove" });
  const hanging = await store.hangingOn(act.tx, regionId, act.nowMs);
  if (hanging.sites + hanging.people + hanging.invitations > 0)
    throw new Refusal("region-not-empty", hanging);
  await store.removeRegion(act.tx, regionId);
  await act.audit({ siteId: null, action: "region.removed", body: { regionId, name: region.name } });
  act.listChanged("site", null);
  return {};
}

/**
 * A region nobody showed this person is missing to them (P-02); one they see and have no role over is refused as such.
 * @throws Refusal `not-found`, `scope-outside-yours`
 */
export async function requireRegion(
  tx: Tx,
  { memberships, reach }: Asker,
  { regionId, procedure }: { regionId: RegionId; procedure: ProcedureName },
): Promise<Region> {
  const region = await store.regionById(tx, regionId);
  if (region === null) throw new Refusal("not-found");
  if (may(memberships, procedure, placeOf(region))) return region;
  const seen = await store.regionsOfSites(tx, reach.siteIds);
  throw new Refusal(seen.has(regionId) ? "scope-outside-yours" : "not-found");
}

async function refuseTaken(tx: Tx, organisationId: OrganisationId, name: string): Promise<void> {
  await store.lockRegions(tx);
  if ((await store.regionNamed(tx, organisationId, name)) !== null) throw new Refusal("region-name-taken");
}

/** For sites and their import, which find and make regions inside their own transactions. */
export const allRegions = store.regions;
export const theOrganisation = store.theOrganisation;
export const lockRegions = store.lockRegions;
export const regionNamed = store.regionNamed;
export const oldestRegion = store.oldestRegion;
export const insertRegion = store.createRegion;
