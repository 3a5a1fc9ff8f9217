import type { Membership } from "#core/access/membership.ts";
import { may } from "#core/access/permission.ts";
import type { RegionId, SiteId } from "#core/identity/identity.ts";
import type { Act, Tx } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import { unlessTaken } from "#server/taken.ts";
import * as store from "./store.ts";
import type { SiteRow } from "./view.ts";

/** Region of a site made before anybody named one. */
const FIRST_REGION = "Main";

export async function listSites(tx: Tx): Promise<SiteRow[]> {
  const rows = await store.sites(tx);
  return rows.map((row) => ({
    siteId: row.id as SiteId,
    name: row.name,
    timeZone: row.timeZone,
    regionName: row.region.name,
    scanners: row._count.scanners,
  }));
}

/**
 * Runs over all sites, since a new one lies in nobody's reach yet: so the place is asked about here. A region named for the first
 * time is made, which takes a role over the whole organisation.
 */
export async function createSite(
  act: Act,
  mine: readonly Membership[],
  ask: { name: string; timeZone: string; regionName?: string | undefined },
): Promise<{ siteId: SiteId }> {
  const organisationId = await store.theOrganisation(act.tx);
  const found = await store.regionNamed(act.tx, organisationId, ask.regionName ?? null);
  const place = { organisationId, regionId: (found?.id as RegionId | undefined) ?? null, siteId: null };
  if (!may(mine, "site.create", place)) throw new Refusal("scope-outside-yours");
  const regionId =
    place.regionId ?? (await store.createRegion(act.tx, organisationId, ask.regionName ?? FIRST_REGION));
  const { name, timeZone } = ask;
  const create = store.createSite(act.tx, { organisationId, regionId, name, timeZone });
  const siteId = await unlessTaken(create, new Refusal("site-name-taken"));
  await act.audit({ siteId, action: "site.created", body: { siteId, regionId, name, timeZone } });
  act.listChanged("site", siteId);
  return { siteId };
}

export async function renameSite(
  act: Act,
  ask: { siteId: SiteId; name?: string | undefined; timeZone?: string | undefined },
): Promise<Record<string, never>> {
  const site = await store.siteById(act.tx, ask.siteId);
  if (site === null) throw new Refusal("not-found");
  const to = {
    ...(ask.name === undefined || ask.name === site.name ? {} : { name: ask.name }),
    ...(ask.timeZone === undefined || ask.timeZone === site.timeZone ? {} : { timeZone: ask.timeZone }),
  };
  if (Object.keys(to).length === 0) throw new Refusal("nothing-to-change");
  await unlessTaken(store.updateSite(act.tx, ask.siteId, to), new Refusal("site-name-taken"));
  const from = { name: site.name, timeZone: site.timeZone };
  await act.audit({ siteId: ask.siteId, action: "site.renamed", body: { siteId: ask.siteId, from, to } });
  act.listChanged("site", ask.siteId);
  return {};
}
