import type { Acknowledgement } from "#core/protocol/acknowledgement.ts";
import type { Report } from "#core/report/report.ts";
import { digestsWanted } from "#server/closure/service.ts";
import type { ReportReads } from "#server/report/reads-store.ts";

/** From what the transaction read; sent after its commit. A retry of the same report hears the same (V-05). */
export function acknowledge(
  reads: ReportReads,
  report: Report,
  { now, directorVersion }: { now: { nowMs: number }; directorVersion: number },
): Acknowledgement {
  return {
    ...plainAck(now.nowMs, directorVersion),
    seq: report.seq,
    needClosure: digestsWanted(digestsIn(report), reads.knownDigests),
    auditHead: reads.auditHead,
  };
}

/** Of the closures that a report names. */
export function digestsIn({ facts }: Report): string[] {
  const named = facts.closureDigests?.state === "observed" ? facts.closureDigests.value : [];
  return named.map(({ digest }) => digest);
}

/** What an acknowledgement says when there is nothing to say. @param directorVersion 0: nothing was ever signed for this scanner */
export function plainAck(nowMs: number, directorVersion = 0): Acknowledgement {
  return {
    protocols: [1],
    seq: null,
    needFull: false,
    needClosure: [],
    directorVersion,
    auditHead: null,
    serverTimeMs: Math.max(0, Math.round(nowMs)),
  };
}
