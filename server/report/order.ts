import { createHash } from "node:crypto";
import {
  type Conflict,
  type ConflictCode,
  judgeOrder,
  judgeRepeated,
  type OrderVerdict,
  type Position,
} from "#core/identity/judge.ts";
import { envelopeSchema, type Report } from "#core/report/report.ts";
import type { Tx } from "#server/database/scoped.ts";
import { placeOf } from "#server/report/place.ts";
import { bootIdOf, firstOfLaterStart, type LockedScanner, reportAt } from "#server/report/store.ts";

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
  return (await forked(tx, scanner.id, report)) ?? verdict;
}

/** How much later than its successor's a report may claim to be made before it cannot have been made by the same machine. */
const CLOCK_STEP_MS = 5_000;

/**
 * A number that nobody has seen may come late: the network reorders (V-06). It was not made late, though: a report of an earlier
 * boot or agent start that was made after a later one had begun comes from a second machine (K-07). Both times are of the scanner's own clock.
 */
async function forked(tx: Tx, scannerId: string, report: Report): Promise<Conflict | null> {
  const { bootCounter, bootId, seq } = report;
  const known = await bootIdOf(tx, scannerId, bootCounter);
  if (known !== null && known !== bootId) return conflict("boot-forked", { bootCounter });
  const later = await firstOfLaterStart(tx, scannerId, report);
  if (later === null) return null;
  const parsed = envelopeSchema.safeParse(JSON.parse(Buffer.from(later.body).toString("utf8")));
  const begunMs = parsed.success ? parsed.data.sentAtMs : later.observedAt.getTime();
  return report.sentAtMs > begunMs + CLOCK_STEP_MS ? conflict("history-forked", { seq }) : null;
}

function conflict(code: ConflictCode, params: Record<string, number>): Conflict {
  return { kind: "conflict", code, reason: { code, params } };
}

function sha256(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}
