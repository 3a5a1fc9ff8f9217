import { createHash } from "node:crypto";
import {
  judgeLate,
  judgeOrder,
  judgeRepeated,
  type OrderVerdict,
  type Position,
} from "#core/identity/judge.ts";
import { envelopeSchema, type Report } from "#core/report/report.ts";
import type { Tx } from "#server/database/scoped.ts";
import { placeOf } from "#server/report/place.ts";
import type { LockedScanner } from "#server/report/scanner-rows-store.ts";
import { bootIdOf, firstOfLaterStart, type Neighbour, reportAt } from "#server/report/store.ts";

/** Raw reports are kept this long; what is older than the newest report and this cannot be told from a replay (V-07). */
export const RAW_REPORT_MS = 30 * 24 * 60 * 60_000;

export type Order = OrderVerdict | { kind: "too-old" };

function positionOf(report: Report): Position {
  const { bootCounter, startCounter, seq, bootId, facts } = report;
  const hardware = facts.host?.state === "observed" ? facts.host.value.hardwareFingerprint : null;
  return { bootCounter, startCounter, seq, bootId, hardwareFingerprint: hardware };
}

/** Before the first report only the hardware is known, from the enrolment. */
function knownPosition(scanner: LockedScanner): Position {
  const { hardwareFingerprint, state } = scanner;
  if (state === null) return { bootCounter: 0, startCounter: 0, seq: 0, bootId: "", hardwareFingerprint };
  const { bootCounter, startCounter, seq, bootId } = state;
  return { bootCounter, startCounter, seq, bootId, hardwareFingerprint };
}

/**
 * Where a report stands among those stored. The scanner's row is locked, so between this answer and the commit nobody else
 * stores a report of this scanner: exactly once by (scanner, boot, start, number) (V-05).
 */
export async function judgeReport(
  tx: Tx,
  scanner: LockedScanner,
  message: { report: Report; body: Uint8Array; nowMs: number },
): Promise<Order> {
  const { report } = message;
  const position = positionOf(report);
  const verdict = judgeOrder(knownPosition(scanner), position);
  if (verdict.kind === "conflict" || verdict.kind === "newer") return verdict;
  const stored = await reportAt(tx, scanner.id, placeOf(report));
  if (stored !== null) {
    const incoming = { seq: report.seq, bodySha256: sha256(message.body) };
    return judgeRepeated({ bodySha256: sha256(stored.body) }, incoming);
  }
  if (verdict.kind === "duplicate") return verdict;
  if (report.sentAtMs < message.nowMs - RAW_REPORT_MS) return { kind: "too-old" };
  const { id } = scanner;
  const kept = {
    bootId: await bootIdOf(tx, id, report.bootCounter),
    laterStartMs: begunMs(await firstOfLaterStart(tx, id, report)),
  };
  return judgeLate(kept, report);
}

/** Of the scanner's own clock, as the report says; one of a later form, which cannot be read, was made when it came. */
function begunMs(later: Neighbour | null): number | null {
  if (later === null) return null;
  const parsed = envelopeSchema.safeParse(JSON.parse(Buffer.from(later.body).toString("utf8")));
  return parsed.success ? parsed.data.sentAtMs : later.observedAt.getTime();
}

function sha256(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}
