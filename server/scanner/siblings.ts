import { signatureText } from "#core/finding/signature.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import type { StableFact } from "#core/report/digest.ts";
import { runningIn } from "#core/report/running.ts";
import type { Tx } from "#server/database/scoped.ts";
import { seeScanner } from "#server/scanner/fleet-row.ts";
import { requireScanner } from "#server/scanner/page.ts";
import { shownScanners } from "#server/scanner/shown-store.ts";
import * as store from "#server/scanner/store.ts";
import type { Siblings } from "#server/scanner/view.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";

/** As many are named; the rest is counted. */
const NAMED = 12;

/**
 * Who else runs the same system on the same model, and which of them have the same findings (EXP-3). Only what the reader may see
 * counts, and the page says so.
 */
export async function scannerSiblings(tx: Tx, scannerId: string, nowMs: number): Promise<Siblings> {
  const scanner = await requireScanner(tx, scannerId);
  const mine = signaturesOf(scanner.state?.findings);
  const rows = await store.siblingFindings(tx, scanner);
  const sharing = rows
    .map(({ scannerId: id, findings }) => ({ id, shared: shared(mine, findings) }))
    .filter(({ shared }) => shared.length > 0)
    .sort((a, b) => b.shared.length - a.shared.length);
  return {
    model: scanner.model,
    releaseName: await runningName(tx, scanner),
    total: rows.length,
    alikeTotal: sharing.length,
    alike: await named(tx, sharing.slice(0, NAMED), nowMs),
    items: [...new Set(mine.values())].map((itemId) => ({
      itemId,
      alike: sharing.filter((one) => one.shared.includes(itemId)).length,
    })),
    example: sharing.length === 0 ? ((await firstOf(tx, rows)) ?? null) : null,
    before: await beforeThis(tx, scanner, mine),
  };
}

type Signatures = ReadonlyMap<string, string>;

/** Signature → item. */
function signaturesOf(findings: unknown): Signatures {
  const list = (findings ?? []) as unknown as OpenFinding[];
  return new Map(list.map((finding) => [signatureText(finding), finding.itemId]));
}

function shared(mine: Signatures, findings: unknown): string[] {
  const theirs = signaturesOf(findings);
  return [...mine].filter(([signature]) => theirs.has(signature)).map(([, itemId]) => itemId);
}

async function runningName(tx: Tx, { state }: store.ScannerWithFacts): Promise<string | null> {
  const toplevel = state?.runningToplevel ?? null;
  if (toplevel === null) return null;
  return (await store.releasesByToplevel(tx, [toplevel])).get(toplevel) ?? null;
}

async function named(
  tx: Tx,
  sharing: readonly { id: string; shared: string[] }[],
  nowMs: number,
): Promise<Siblings["alike"]> {
  const rows = await shownScanners(
    tx,
    sharing.map(({ id }) => id),
  );
  const now = { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) };
  const byId = new Map(rows.map((row) => [row.id, seeScanner(row, new Map(), now).row]));
  return sharing.flatMap(({ id, shared }) => {
    const row = byId.get(id);
    if (row === undefined) return [];
    const { scannerId, serial, alias, headline, siteName } = row;
    return [{ scannerId, serial, alias, headline, siteName, shared }];
  });
}

/** One to compare with, when none has these findings: a scanner that runs the same and does not have them. */
async function firstOf(tx: Tx, rows: readonly { scannerId: string; findings: unknown }[]) {
  const sound = rows.find(({ findings }) => (findings as unknown[]).length === 0) ?? rows[0];
  if (sound === undefined) return undefined;
  const [row] = await shownScanners(tx, [sound.scannerId]);
  return row === undefined
    ? undefined
    : { scannerId: row.id as Siblings["alike"][number]["scannerId"], serial: row.serial };
}

/** The same findings on scanners of this model that still run what this one ran before. */
async function beforeThis(
  tx: Tx,
  scanner: store.ScannerWithFacts,
  mine: Signatures,
): Promise<Siblings["before"]> {
  const now = scanner.state?.runningToplevel ?? null;
  if (now === null || mine.size === 0) return null;
  const past = await store.pastClosures(tx, scanner.id);
  const toplevel = past
    .map(({ value }) => runningIn(value as StableFact))
    .find((one) => one !== null && one !== now);
  if (toplevel === undefined || toplevel === null) return null;
  const rows = await store.siblingFindings(tx, { ...scanner, state: { runningToplevel: toplevel } });
  if (rows.length === 0) return null;
  const releaseName = (await store.releasesByToplevel(tx, [toplevel])).get(toplevel) ?? null;
  if (releaseName === null) return null;
  return {
    releaseName,
    total: rows.length,
    alike: rows.filter(({ findings }) => shared(mine, findings).length > 0).length,
  };
}
