import type { SiteId } from "#core/identity/identity.ts";
import { type LocalEntry, unheard } from "#core/local/log.ts";
import type { Facts } from "#core/report/report.ts";
import { type AuditEntry, appendAudits, auditChainOf } from "#server/audit/service.ts";
import type { Tx } from "#server/database/scoped.ts";
import * as store from "./store.ts";

type Scanner = { id: string; siteId: string; localLog: string | null; localSeq: number };

/**
 * Puts what people entered on a scanner itself into the audit log of its site, once each, in the transaction of the report that told it:
 * `enteredAtMs` is the scanner's own time, the entry's own time is when the server heard of it (OFF-2, ADM-3). Whom the scanner believed is
 * its own word; the actor is therefore the scanner.
 */
export async function auditLocal(tx: Tx, scanner: Scanner, { local }: Facts): Promise<void> {
  if (local?.state !== "observed") return;
  const { value: told } = local;
  const { localLog, localSeq } = scanner;
  const { entries, missed } = unheard(told, localLog === null ? null : { log: localLog, seq: localSeq });
  const newest = entries.at(-1);
  if (told.log === null || newest === undefined) return;
  const chain = auditChainOf({ siteId: scanner.siteId as SiteId });
  const of = (action: string, body: object): AuditEntry => ({
    chain,
    actor: scanner.id,
    action,
    body: { scannerId: scanner.id, entered: "offline", ...body },
  });
  await appendAudits(tx, [
    ...(missed === 0 ? [] : [of("local.missed", { entries: missed })]),
    ...entries.map((one) => of(`local.${one.act}`, bodyOf(one))),
  ]);
  await store.heardUpTo(tx, scanner.id, { log: told.log, seq: newest.seq });
}

function bodyOf({ act: _, seq, atMs, door, result, ...rest }: LocalEntry): object {
  const said = Object.entries(rest).filter(([, value]) => value !== null);
  return { enteredAtMs: atMs, at: door, result, number: seq, ...Object.fromEntries(said) };
}
