import type { OrganisationId, SiteId } from "#core/identity/identity.ts";
import type { AuditHead } from "#core/protocol/acknowledgement.ts";
import { canonicalJson } from "#core/report/digest.ts";
import * as names from "#server/audit/names-store.ts";
import * as store from "#server/audit/store.ts";
import type { Tx } from "#server/database/scoped.ts";

/** One chain per site, so that busy sites do not wait for each other, and one for what belongs to no site. */
export type AuditChain = `site:${string}` | `organisation:${string}`;

/** `actor` is a user or scanner id, never a name: a person can be forgotten without touching the log. */
export type AuditEntry = { chain: AuditChain; actor: string; action: string; body: Record<string, unknown> };
export type AuditEvent = {
  seq: number;
  atMs: number;
  actor: string;
  action: string;
  body: Record<string, unknown>;
};

/** The chain of a site where there is one, else of the organisation. */
export function auditChainOf(where: { siteId: SiteId } | { organisationId: OrganisationId }): AuditChain {
  return "siteId" in where ? `site:${where.siteId}` : `organisation:${where.organisationId}`;
}

/**
 * Appends one event in the caller's transaction: if it fails, what it tells of does not happen either. Writers of one
 * chain queue until the transaction ends, so append late.
 * @returns the event's place in its chain, from 1 without gaps
 */
export async function appendAudit(tx: Tx, { chain, actor, action, body }: AuditEntry): Promise<number> {
  const row = await store.append(tx, chain, { actor, action, body: canonicalJson(body) });
  if (row === undefined) throw new Error(`audit.append answered nothing for ${chain}`);
  return Number(row.seq);
}

/** The same for many events at once; writers of all their chains queue until the transaction ends. */
export async function appendAudits(tx: Tx, entries: readonly AuditEntry[]): Promise<void> {
  await store.appendAll(
    tx,
    entries.map((entry) => ({ ...entry, body: canonicalJson(entry.body) })),
  );
}

/** The newest event of a chain; seq 0 and the chain's own first hash while there is none. */
export async function auditHead(tx: Tx, chain: AuditChain): Promise<AuditHead> {
  const row = await store.head(tx, chain);
  if (row === undefined) throw new Error(`audit.head answered nothing for ${chain}`);
  return { chain, ...row };
}

/** The newest event of a chain, and the hash at one place of it, as parts of a statement that reads more. */
export const auditHeadSql = store.headSql;
export const auditHashSql = store.hashAtSql;

/** At most 500 events, newest first, below `beforeSeq` (null: from the newest). The transaction's scope must hold the chain. */
export async function readAudit(
  tx: Tx,
  ask: { chain: AuditChain; beforeSeq: number | null; limit: number },
): Promise<AuditEvent[]> {
  const rows = await store.read(tx, ask.chain, ask.beforeSeq, ask.limit);
  return rows.map(({ seq, at, actor, action, body }) => ({
    seq: Number(seq),
    atMs: at.getTime(),
    actor,
    action,
    body: JSON.parse(body) as Record<string, unknown>,
  }));
}

/** An event with the name of who did it: a person's name, a scanner's serial; null: known to nobody (any more). */
export async function withActorNames<E extends { actor: string }>(
  tx: Tx,
  events: readonly E[],
): Promise<(E & { actorName: string | null })[]> {
  const known = await names.namesOf(
    tx,
    events.map(({ actor }) => actor),
  );
  return events.map((event) => ({ ...event, actorName: known.get(event.actor) ?? null }));
}
