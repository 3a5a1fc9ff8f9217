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
 * A scanner's events stand in its site's chain. Without a scanner it is the organisation's chain for whoever may read all of it,
 * else the chain of the one site that the reader's reach begins with.
 */
export async function chainForReader(
  tx: Tx,
  mine: readonly Membership[],
  scannerId: ScannerId | null,
): Promise<ChosenChain> {
  if (scannerId !== null) {
    const siteId = await names.siteOfScanner(tx, scannerId);
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

export async function readPage(
  tx: Tx,
  ask: { chain: AuditChain; limit: number; beforeSeq: number | null },
): Promise<AuditPage> {
  const entries = await withActorNames(tx, await readAudit(tx, ask));
  return { chain: ask.chain, entries, head: await auditHead(tx, ask.chain) };
}
