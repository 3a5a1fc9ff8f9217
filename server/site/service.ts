import { may } from "#core/access/permission.ts";
import type { OrganisationId, RegionId, SiteId } from "#core/identity/identity.ts";
import type { Act, Tx } from "#server/act.ts";
import { moveSiteRows } from "#server/place/service.ts";
import { Refusal } from "#server/refusal.ts";
import * as regions from "#server/region/service.ts";
import { type Asker, requireRegion } from "#server/region/service.ts";
import { unlessTaken } from "#server/taken.ts";
import * as store from "./store.ts";
import type { SiteRow } from "./view.ts";

/** Region of a site made before anybody named one. */
const FIRST_REGION = "Main";

export async function listSites(tx: Tx): Promise<SiteRow[]> {
  const rows = await store.sites(tx);
  const counts = await store.scannerCounts(tx);
  return rows.map((row) => ({
    siteId: row.id as SiteId,
    name: row.name,
    timeZone: row.timeZone,
    regionId: row.regionId as RegionId,
    regionName: row.region.name,
    scanners: counts.get(row.id)?.active ?? 0,
    retiredScanners: counts.get(row.id)?.retired ?? 0,
    closedAtMs: row.retiredAt?.getTime() ?? null,
  }));
}

export type NewSite = { name: string; timeZone: string; regionName?: string | undefined };

/**
 * Runs over all sites, since a new one lies in nobody's reach yet: so the place is asked about here. A region named for the first
 * time is made, which takes a role over the whole organisation.
 */
export async function createSite(
  act: Act,
  { memberships }: Pick<Asker, "memberships">,
  ask: NewSite,
): Promise<{ siteId: SiteId }> {
  const organisationId = await regions.theOrganisation(act.tx);
  await regions.lockRegions(act.tx);
  const found = await regionFor(act.tx, organisationId, ask.regionName);
  const place = { organisationId, regionId: (found?.id as RegionId | undefined) ?? null, siteId: null };
  if (!may(memberships, "site.create", place)) throw new Refusal("scope-outside-yours");
  const regionId =
    place.regionId ?? (await regions.insertRegion(act.tx, organisationId, ask.regionName ?? FIRST_REGION));
  const { name, timeZone } = ask;
  const create = store.createSite(act.tx, { organisationId, regionId, name, timeZone });
  const siteId = await unlessTaken(create, new Refusal("site-name-taken"));
  await act.audit({ siteId, action: "site.created", body: { siteId, regionId, name, timeZone } });
  act.listChanged("site", siteId);
  return { siteId };
}

function regionFor(tx: Tx, organisationId: OrganisationId, name: string | undefined) {
  return name === undefined
    ? regions.oldestRegion(tx, organisationId)
    : regions.regionNamed(tx, organisationId, name);
}

export async function renameSite(
  act: Act,
  ask: { siteId: SiteId; name?: string | undefined; timeZone?: string | undefined },
): Promise<Record<string, never>> {
  const site = await requireSite(act.tx, ask.siteId);
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

/**
 * Scanners, people and history of a site go with it to another region; whoever held a role over the old region no longer reaches
 * them from this commit on. Takes a role over both regions: the site in reach, and the new region asked about here.
 */
export async function moveSite(
  act: Act,
  asker: Asker,
  ask: { siteId: SiteId; regionId: RegionId; reason: string },
): Promise<Record<string, never>> {
  const { siteId, regionId, reason } = ask;
  const site = await siteInReach(act.tx, asker, siteId);
  const region = await requireRegion(act.tx, asker, { regionId, procedure: "site.move" });
  if (site.regionId === regionId) throw new Refusal("nothing-to-change");
  await store.lockSite(act.tx, siteId);
  await store.updateSite(act.tx, siteId, { regionId });
  await moveSiteRows(act.tx, siteId, regionId);
  const from = { regionId: site.regionId, region: site.region.name };
  const to = { regionId, region: region.name };
  await act.audit({ siteId, action: "site.moved", body: { siteId, name: site.name, from, to, reason } });
  act.listChanged("site", null);
  act.scannersChanged(await store.activeScanners(act.tx, siteId), siteId);
  return {};
}

/** A site is closed when nothing stands there any more; what happened there stays, and it can be opened again. */
export async function closeSite(
  act: Act,
  { siteId, reason }: { siteId: SiteId; reason: string },
): Promise<Record<string, never>> {
  await requireSite(act.tx, siteId);
  await store.lockSite(act.tx, siteId);
  const site = await requireSite(act.tx, siteId);
  if (site.retiredAt !== null) throw new Refusal("site-closed", { site: site.name });
  const scanners = (await store.activeScanners(act.tx, siteId)).length;
  if (scanners > 0) throw new Refusal("site-not-empty", { site: site.name, scanners });
  await store.updateSite(act.tx, siteId, { retiredAt: new Date(act.nowMs) });
  const tokensEnded = await store.endTokens(act.tx, siteId, act.nowMs);
  const body = { siteId, name: site.name, tokensEnded, reason };
  await act.audit({ siteId, action: "site.closed", body });
  act.listChanged("site", siteId);
  act.listChanged("enrolment", siteId);
  return {};
}

export async function reopenSite(
  act: Act,
  { siteId, reason }: { siteId: SiteId; reason: string },
): Promise<Record<string, never>> {
  const site = await requireSite(act.tx, siteId);
  if (site.retiredAt === null) throw new Refusal("site-open", { site: site.name });
  await store.updateSite(act.tx, siteId, { retiredAt: null });
  await act.audit({ siteId, action: "site.reopened", body: { siteId, name: site.name, reason } });
  act.listChanged("site", siteId);
  return {};
}

/** @throws Refusal `not-found` for what is missing and for what the transaction does not reach (P-02) */
async function requireSite(tx: Tx, siteId: SiteId): Promise<store.Site> {
  const site = await store.siteById(tx, siteId);
  if (site === null) throw new Refusal("not-found");
  return site;
}

/** The same where the transaction reaches more than the person does. */
async function siteInReach(tx: Tx, { memberships }: Asker, siteId: SiteId): Promise<store.Site> {
  const site = await requireSite(tx, siteId);
  const place = {
    organisationId: site.organisationId as OrganisationId,
    regionId: site.regionId as RegionId,
  };
  if (!may(memberships, "site.move", { ...place, siteId })) throw new Refusal("not-found");
  return site;
}

/** For the import of sites, which asked about rights and names for all its lines before. */
export const insertSite = store.createSite;
export const changeSite = store.updateSite;
export const lockSite = store.lockSite;
