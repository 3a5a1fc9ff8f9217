import type { StableFact } from "#core/report/digest.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { closureDiffBetween } from "#server/closure/service.ts";
import type { Compared } from "#server/compare/view.ts";
import type { Tx } from "#server/database/scoped.ts";
import { scannerAt } from "#server/past/scanner-then.ts";
import type { ScannerThen } from "#server/past/view.ts";

/** `atMs` null: now. */
export type Side = { scannerId: string; atMs: number | null };

/** Both sides as history keeps them, so that what moves all the time (ages, free bytes) is no difference. */
export async function compareSides(tx: Tx, sides: { a: Side; b: Side }, nowMs: number): Promise<Compared> {
  const a = await scannerAt(tx, sides.a.scannerId, sides.a.atMs ?? nowMs);
  const b = await scannerAt(tx, sides.b.scannerId, sides.b.atMs ?? nowMs);
  return { a, b, closures: await closureDiffBetween(tx, claimOf(a), claimOf(b)) };
}

function claimOf(side: ScannerThen) {
  return { reported: digestsIn(side), toplevel: side.running?.toplevel ?? null };
}

function digestsIn({ facts }: ScannerThen): FactValue<"closureDigests"> {
  const fact: StableFact | undefined = facts.find(({ kind }) => kind === "closureDigests")?.fact;
  return fact !== undefined && "observed" in fact ? (fact.observed as FactValue<"closureDigests">) : [];
}
