import type { Acknowledgement } from "#core/protocol/acknowledgement.ts";
import type { Report } from "#core/report/report.ts";
import { auditChainOf, auditHead } from "#server/audit/service.ts";
import { digestsWanted } from "#server/closure/service.ts";
import type { Tx } from "#server/database/scoped.ts";
import { rootedAt } from "#server/report/believe.ts";
import type { LockedScanner } from "#server/report/store.ts";

/** Made inside the transaction, sent after its commit. A retry of the same report hears the same (V-05). */
export async function acknowledge(
  tx: Tx,
  scanner: LockedScanner,
  report: Report,
  nowMs: number,
): Promise<Acknowledgement> {
  const digests = report.facts.closureDigests?.state === "observed" ? report.facts.closureDigests.value : [];
  return {
    ...plainAck(nowMs),
    seq: report.seq,
    needClosure: await digestsWanted(
      tx,
      digests.map(({ digest }) => digest),
    ),
    auditHead: await auditHead(tx, auditChainOf({ siteId: rootedAt(scanner).siteId })),
  };
}

/** What an acknowledgement says when there is nothing to say. */
export function plainAck(nowMs: number): Acknowledgement {
  return {
    protocols: [1],
    seq: null,
    needFull: false,
    needClosure: [],
    directorVersion: 0,
    auditHead: null,
    serverTimeMs: Math.max(0, Math.round(nowMs)),
  };
}
