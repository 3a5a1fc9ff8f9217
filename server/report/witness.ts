import type { AuditHead } from "#core/protocol/acknowledgement.ts";
import type { Tx } from "#server/database/scoped.ts";
import { rootedAt } from "#server/report/believe.ts";
import type { ReportReads } from "#server/report/reads-store.ts";
import { addIdentityEvent, recentIdentityEvents, rememberWitness } from "#server/report/store.ts";

const DAY_MS = 24 * 60 * 60_000;

const WITNESS_DISAGREES = "witness-disagrees";

/**
 * The scanner signed the newest audit head it was ever shown. If our chain says something else at that place, or has no such place,
 * the log was rewritten or cut after the scanner saw it. It is written down once a day per scanner; the report itself is good.
 * @returns whether this is news
 */
export async function checkWitness(
  tx: Tx,
  { scanner, witnessed: ours }: ReportReads,
  witness: AuditHead | null,
  nowMs: number,
): Promise<boolean> {
  if (witness === null || witness.chain !== `site:${scanner.siteId}`) return false;
  const owner = rootedAt(scanner);
  if (ours === witness.hash) {
    const { link } = scanner;
    const same = link?.witnessHash === witness.hash && link.witnessSeq === BigInt(witness.seq);
    if (!same) await rememberWitness(tx, owner, witness);
    return false;
  }
  if ((await recentIdentityEvents(tx, owner.scannerId, WITNESS_DISAGREES, nowMs - DAY_MS)) > 0) return false;
  const detail = { seq: witness.seq, witnessed: witness.hash, ours };
  await addIdentityEvent(tx, owner, { code: WITNESS_DISAGREES, detail, atMs: nowMs });
  return true;
}
