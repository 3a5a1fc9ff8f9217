import type { OrganisationId } from "#core/identity/identity.ts";
import type { AuditRow } from "#server/act.ts";
import type { Tx } from "#server/database/scoped.ts";
import { organisation } from "./names-store.ts";
import { appendAudit, auditChainOf } from "./service.ts";

/** Appends a row to the chain of its site, or of the organisation where it belongs to none. */
export async function appendRow(tx: Tx, actor: string, row: AuditRow): Promise<void> {
  const { siteId, action, body } = row;
  const chain = siteId === null ? await organisationChain(tx) : auditChainOf({ siteId });
  await appendAudit(tx, { chain, actor, action, body });
}

async function organisationChain(tx: Tx) {
  const organisationId = await organisation(tx);
  if (organisationId === null) throw new Error("nothing can be audited before there is an organisation");
  return auditChainOf({ organisationId: organisationId as OrganisationId });
}
