import type { OrganisationId } from "#core/identity/identity.ts";
import type { AuditRow } from "#server/act.ts";
import type { Tx } from "#server/database/scoped.ts";
import { organisation } from "./names-store.ts";
import { type AuditChain, appendAudit, appendAudits, auditChainOf } from "./service.ts";

/** Appends rows, each to the chain of its site, or of the organisation where it belongs to none. */
export async function appendRows(tx: Tx, actor: string, rows: readonly AuditRow[]): Promise<void> {
  const ofNoSite = rows.some(({ siteId }) => siteId === null) ? await organisationChain(tx) : null;
  const entries = rows.flatMap(({ siteId, action, body, ...row }) => {
    const chain = siteId === null ? ofNoSite : auditChainOf({ siteId });
    return chain === null ? [] : [{ chain, actor: row.actor ?? actor, action, body }];
  });
  const [first, second] = entries;
  if (first !== undefined && second === undefined) await appendAudit(tx, first);
  else await appendAudits(tx, entries);
}

async function organisationChain(tx: Tx): Promise<AuditChain> {
  const organisationId = await organisation(tx);
  if (organisationId === null) throw new Error("nothing can be audited before there is an organisation");
  return auditChainOf({ organisationId: organisationId as OrganisationId });
}
