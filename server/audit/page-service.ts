import type { Membership } from "#core/access/membership.ts";
import { may } from "#core/access/permission.ts";
import type { OrganisationId, ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import * as names from "./names-store.ts";
import { type AuditChain, auditChainOf, auditHead, readAudit, withActorNames } from "./service.ts";
import type { AuditPage } from "./view.ts";

export type ChosenChain = { chain: AuditChain; overAllSites: boolean };

/**
 * A scanner's events stand in its site's chain, a site's in its own. Without either it is the organisation's chain for whoever may read all of it,
 * else the chain of the one site that the reader's reach begins with.
 */
export async function chainForReader(
  tx: Tx,
  mine: readonly Membership[],
  about: About,
): Promise<ChosenChain> {
  if (about.scannerId !== undefined || about.siteId !== undefined) {
    const siteId = await siteAbout(tx, about);
    if (siteId === null) throw new Refusal("not-found");
    return { chain: auditChainOf({ siteId: siteId as SiteId }), overAllSites: false };
  }
  const organisationId = (await names.organisation(tx)) as OrganisationId | null;
  const whole = organisationId === null ? null : { organisationId, regionId: null, siteId: null };
  if (whole !== null && may(mine, "audit.list", whole))
    return { chain: auditChainOf({ organisationId: whole.organisationId }), overAllSites: true };
  const siteId = await names.firstSite(tx);
  if (siteId === null) throw new Refusal("not-found");
  return { chain: auditChainOf({ siteId: siteId as SiteId }), overAllSites: false };
}

type About = { scannerId?: ScannerId | undefined; siteId?: SiteId | undefined };

/** Null: missing, foreign, or a scanner that does not stand at the site named beside it. */
async function siteAbout(tx: Tx, { scannerId, siteId }: About): Promise<string | null> {
  const named = siteId === undefined ? null : await names.siteInReach(tx, siteId);
  if (scannerId === undefined) return named;
  const its = await names.siteOfScanner(tx, scannerId);
  return siteId === undefined || its === named ? its : null;
}

export async function readPage(
  tx: Tx,
  ask: { chain: AuditChain; limit: number; beforeSeq: number | null },
): Promise<AuditPage> {
  const entries = await withActorNames(tx, await readAudit(tx, ask));
  return { chain: ask.chain, entries, head: await auditHead(tx, ask.chain) };
}
