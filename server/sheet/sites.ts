import type { Membership } from "#core/access/membership.ts";
import { may } from "#core/access/permission.ts";
import type { OrganisationId, RegionId, SiteId } from "#core/identity/identity.ts";
import { planSites, SITE_COLUMNS, type SitePlan } from "#core/sheet/site-plan.ts";
import type { Act, AuditRow, Tx } from "#server/act.ts";
import { moveSiteRows, scopeOf } from "#server/place/service.ts";
import { Refusal } from "#server/refusal.ts";
import * as regions from "#server/region/service.ts";
import { placeOf } from "#server/region/service.ts";
import { timeZoneSchema } from "#server/session/time-zone.ts";
import { changeSite, insertSite, lockSite } from "#server/site/service.ts";
import { unlessTaken } from "#server/taken.ts";
import { type Agreed, previewOf, requireAgreed, wrongLines } from "./preview.ts";
import * as store from "./store.ts";
import { readSheet, writeSheet } from "./text.ts";
import type { SheetImported, SheetPreview, SheetText } from "./view.ts";

/** New sites lie in nobody's reach yet, so all of this runs over all sites and asks for the right place by place. */
type Reader = { memberships: readonly Membership[] };

export async function exportSites({ tx, audit }: Act, reader: Reader): Promise<SheetText> {
  const rows = (await sitesOf(tx, reader))
    .filter(({ retiredAt }) => retiredAt === null)
    .map((site) => [site.name, site.region.name, site.timeZone]);
  await audit({ siteId: null, action: "sheet.sites-exported", body: { rows: rows.length } });
  return { fileName: "sites.csv", text: writeSheet(SITE_COLUMNS, rows) };
}

async function sitesOf(tx: Tx, { memberships }: Reader): Promise<store.SheetSite[]> {
  return (await store.sites(tx)).filter((site) => {
    return may(memberships, "sheet.importSites", scopeOf(site));
  });
}

export async function previewSites(tx: Tx, reader: Reader, text: string): Promise<SheetPreview> {
  return previewOf((await planOf(tx, reader, text)).plan);
}

type Planned = { plan: SitePlan; sites: Map<string, store.SheetSite>; organisationId: OrganisationId };

async function planOf(tx: Tx, reader: Reader, text: string): Promise<Planned> {
  const { memberships } = reader;
  const sheet = readSheet(text);
  const organisationId = await regions.theOrganisation(tx);
  const all = await regions.allRegions(tx);
  const sites = new Map((await sitesOf(tx, reader)).map((site) => [site.name, site]));
  const plan = planSites(sheet.lines, {
    sites: new Map([...sites].map(([name, site]) => [name, knownSite(site)])),
    regions: new Set(
      all.filter((one) => may(memberships, "sheet.importSites", placeOf(one))).map(({ name }) => name),
    ),
    newRegions: may(memberships, "region.create", { organisationId, regionId: null, siteId: null }),
    isTimeZone: (zone) => timeZoneSchema.safeParse(zone).success,
  });
  const read = sheet.problems.length > 0 ? { ...plan, problems: sheet.problems } : plan;
  return { plan: read, sites, organisationId };
}

function knownSite(site: store.SheetSite) {
  return { region: site.region.name, timeZone: site.timeZone, closed: site.retiredAt !== null };
}

export async function importSites(
  act: Act,
  reader: Reader,
  ask: Agreed & { text: string; reason: string },
): Promise<SheetImported> {
  await regions.lockRegions(act.tx);
  const planned = await planOf(act.tx, reader, ask.text);
  const { plan } = planned;
  requireAgreed(plan, ask);
  const rows: AuditRow[] = [];
  for (const change of plan.changes) rows.push(await write(act, planned, { change, reason: ask.reason }));
  const counts = { changed: plan.changes.length, unchanged: plan.unchanged, leftOut: wrongLines(plan) };
  const body = { ...counts, reason: ask.reason };
  await act.auditEach([{ siteId: null, action: "sheet.sites-imported", body }, ...rows]);
  act.listChanged("site", null);
  return counts;
}

type One = { change: SitePlan["changes"][number]; reason: string };

async function write(
  act: Act,
  { sites, organisationId }: Planned,
  { change, reason }: One,
): Promise<AuditRow> {
  const { tx } = act;
  const { name, region, timeZone } = change.to;
  const regionId = await regionFor(act, organisationId, region);
  const site = sites.get(name);
  if (site === undefined) {
    const made = insertSite(tx, { organisationId, regionId, name, timeZone });
    const siteId = await unlessTaken(made, new Refusal("site-name-taken"));
    return { siteId, action: "site.created", body: { siteId, regionId, name, timeZone, reason } };
  }
  const siteId = site.id as SiteId;
  if (site.regionId !== regionId) await lockSite(tx, siteId);
  await changeSite(tx, siteId, { timeZone, regionId });
  if (site.regionId !== regionId) await moveSiteRows(tx, siteId, regionId);
  const from = Object.fromEntries(change.fields.map((one) => [one.field, one.from]));
  const to = Object.fromEntries(change.fields.map((one) => [one.field, one.to]));
  return { siteId, action: "site.imported", body: { siteId, name, from, to, reason } };
}

async function regionFor(act: Act, organisationId: OrganisationId, name: string): Promise<RegionId> {
  const found = await regions.regionNamed(act.tx, organisationId, name);
  return (found?.id as RegionId | undefined) ?? (await regions.insertRegion(act.tx, organisationId, name));
}
