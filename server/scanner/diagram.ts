import { drawDiagram } from "#core/block/diagram.ts";
import { linkOf } from "#core/headline/link.ts";
import type { Situation } from "#core/headline/situation.ts";
import type { Tx } from "#server/database/scoped.ts";
import { comparedItems } from "#server/scanner/compared.ts";
import { seeScanner } from "#server/scanner/fleet-row.ts";
import { factsOf, requireScanner } from "#server/scanner/page.ts";
import type { ScannerDiagram } from "#server/scanner/view.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";

/** The block diagram of one scanner as it is known now (TRI-7). */
export async function scannerDiagram(tx: Tx, scannerId: string, nowMs: number): Promise<ScannerDiagram> {
  const scanner = await requireScanner(tx, scannerId);
  const facts = factsOf(scanner);
  const { items, releaseName } = await comparedItems(tx, scanner, nowMs);
  const now = { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) };
  const { situation } = seeScanner(scanner, new Map(), now);
  const diagram = drawDiagram({
    compared: items,
    facts,
    expected: releaseName !== null,
    knowledge: knowledgeOf(situation, scanner.state !== null),
  });
  const observedMs = scanner.state?.observedAt.getTime() ?? null;
  const heartbeatAgeMs = facts.safety?.state === "observed" ? facts.safety.value.heartbeatAgeMs : null;
  return {
    ...diagram,
    releaseName,
    asOfMs: observedMs,
    chainAsOfMs: observedMs === null ? null : observedMs - (heartbeatAgeMs ?? 0),
  };
}

/** A scanner whose messages cannot be believed is known only as it was before them. */
function knowledgeOf(situation: Situation, reported: boolean): ScannerDiagram["knowledge"] {
  if (!reported) return "never";
  const link = linkOf(situation);
  if (link === "never") return "never";
  const believed = situation.unverifiable === null && situation.identity === "known";
  return link === "offline" || !believed ? "past" : "now";
}
