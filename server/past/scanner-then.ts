import type { OpenFinding } from "#core/headline/situation.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { StableFact } from "#core/report/digest.ts";
import type { Reason } from "#core/report/fact.ts";
import { FACT_KIND_NAMES } from "#core/report/kinds.ts";
import { runningIn } from "#core/report/running.ts";
import type { Tx } from "#server/database/scoped.ts";
import * as store from "#server/past/store.ts";
import type { FactThen, HeadlineThen, ScannerThen } from "#server/past/view.ts";
import { Refusal } from "#server/refusal.ts";
import { releasesByToplevel } from "#server/scanner/rows.ts";

/** EXP-6: what was known of one scanner at a moment. Silence ends no fact; while the headline is offline they are the last known. */
export async function scannerAt(tx: Tx, scannerId: string, atMs: number): Promise<ScannerThen> {
  const scanner = await store.scannerLabels(tx, scannerId);
  if (scanner === null || scanner.identity === "pending" || scanner.identity === "refused")
    throw new Refusal("not-found");
  const at = new Date(atMs);
  const headline = headlineThen(await store.headlineAt(tx, scannerId, at));
  const facts = (await store.factsAt(tx, scannerId, FACT_KIND_NAMES, at)).map(
    (row): FactThen => ({
      kind: row.kind,
      fact: row.value as StableFact,
      ...span(row),
    }),
  );
  const findings = await store.findingsAt(tx, scannerId, at);
  const toplevel = toplevelIn(facts);
  const names = toplevel === null ? null : await releasesByToplevel(tx, [toplevel]);
  const { serial, alias, model, site } = scanner;
  return {
    ...{
      scannerId: scannerId as ScannerId,
      serial,
      alias,
      model,
      siteName: site.name,
      timeZone: site.timeZone,
      atMs,
    },
    headline,
    lastKnown: headline?.word === "offline" || headline?.variant === "last-known",
    running: toplevel === null ? null : { toplevel, releaseName: names?.get(toplevel) ?? null },
    facts,
    findings: findings.map((row) => ({ finding: row.finding as unknown as OpenFinding, ...span(row) })),
  };
}

export function headlineThen(row: store.HeadlineRow | null): HeadlineThen {
  if (row === null) return null;
  return {
    word: row.headline as NonNullable<HeadlineThen>["word"],
    variant: row.variant as NonNullable<HeadlineThen>["variant"],
    reason: row.reason as Reason,
    ...span(row),
  };
}

function span({ openedAt, closedAt }: store.ThenInterval): { sinceMs: number; untilMs: number | null } {
  return { sinceMs: openedAt.getTime(), untilMs: closedAt?.getTime() ?? null };
}

function toplevelIn(facts: readonly FactThen[]): string | null {
  const closures = facts.find(({ kind }) => kind === "closures")?.fact;
  return closures === undefined ? null : runningIn(closures);
}
