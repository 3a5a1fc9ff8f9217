import type { Tx } from "#server/database/scoped.ts";

/** Rows of scanners for the scanner's page. Row-level security holds the reader's scope; foreign is missing. */

const shown = {
  site: { include: { region: { select: { name: true } } } },
  link: true,
  pinnedRelease: { select: { id: true, name: true, toplevel: true, origin: true } },
} as const;

export async function scannerWithFacts(tx: Tx, scannerId: string) {
  return await tx.scanner.findUnique({ where: { id: scannerId }, include: { ...shown, state: true } });
}
export type ScannerWithFacts = NonNullable<Awaited<ReturnType<typeof scannerWithFacts>>>;

export async function pendingCount(tx: Tx): Promise<number> {
  return await tx.scanner.count({ where: { identity: "pending" } });
}

export async function releaseNames(tx: Tx, ids: readonly string[]): Promise<Map<string, ReleaseName>> {
  const rows = await tx.release.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, name: true, toplevel: true },
  });
  return new Map(rows.map((row) => [row.id, row]));
}
export type ReleaseName = { id: string; name: string; toplevel: string | null };

export async function releasesByToplevel(tx: Tx, toplevels: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.release.findMany({
    where: { toplevel: { in: [...toplevels] } },
    orderBy: { createdAt: "asc" },
    select: { name: true, toplevel: true },
  });
  return new Map(rows.map(({ toplevel, name }) => [toplevel ?? "", name]));
}

/** The digest that a release says its system has. */
export async function releaseDigests(tx: Tx, toplevels: readonly string[]) {
  return await tx.release.findMany({
    where: { toplevel: { in: [...toplevels] }, closureDigest: { not: null }, origin: "signed" },
    select: { toplevel: true, closureDigest: true },
  });
}

export async function releaseById(tx: Tx, id: string) {
  return await tx.release.findUnique({ where: { id } });
}

export async function personName(tx: Tx, userId: string): Promise<string | null> {
  return (await tx.user.findUnique({ where: { id: userId }, select: { name: true } }))?.name ?? null;
}

type SiblingOf = { id: string; model: string | null; state: { runningToplevel: string | null } | null };

/**
 * EXP-3: scanners in the reader's scope of the same model that run the same system, this one left out; null: there is nothing to tell
 * siblings by. Where no closure is seen (a host without NixOS) it is the scanners of the same model that have none either.
 */
function siblingsOf({ id, model, state }: SiblingOf) {
  const toplevel = state?.runningToplevel ?? null;
  if (toplevel === null && model === null) return null;
  return {
    scannerId: { not: id },
    runningToplevel: toplevel,
    scanner: { model, identity: "approved", service: { not: "retired" } },
  };
}

const MOST_SIBLINGS = 2_000;

/** The findings open on each sibling. */
export async function siblingFindings(tx: Tx, scanner: SiblingOf) {
  const where = siblingsOf(scanner);
  if (where === null) return [];
  const select = { scannerId: true, findings: true } as const;
  return await tx.scannerState.findMany({
    where,
    select,
    orderBy: { scannerId: "asc" },
    take: MOST_SIBLINGS,
  });
}

export async function siblingCount(tx: Tx, scanner: SiblingOf): Promise<number> {
  const where = siblingsOf(scanner);
  return where === null ? 0 : await tx.scannerState.count({ where });
}

/** What ran here before, newest first. */
export async function pastClosures(tx: Tx, scannerId: string) {
  return await tx.factInterval.findMany({
    where: { scannerId, kind: "closures" },
    orderBy: { openedAt: "desc" },
    take: 50,
    select: { value: true },
  });
}

const TIMELINE_ROWS = 1_000;
const overlapping = (scannerId: string, fromMs: number, toMs: number) => ({
  where: {
    scannerId,
    openedAt: { lte: new Date(toMs) },
    OR: [{ closedAt: null }, { closedAt: { gte: new Date(fromMs) } }],
  },
  orderBy: { openedAt: "desc" as const },
  take: TIMELINE_ROWS,
});

/** Oldest first; where there are more than fit it is the oldest that are left out. */
export async function timelineRows(tx: Tx, scannerId: string, fromMs: number, toMs: number) {
  const within = overlapping(scannerId, fromMs, toMs);
  const facts = await tx.factInterval.findMany({
    ...within,
    where: { ...within.where, kind: { in: ["closures", "host", "change"] } },
  });
  const headlines = await tx.headlineInterval.findMany(within);
  const findings = await tx.findingInterval.findMany(within);
  return { facts: facts.reverse(), headlines: headlines.reverse(), findings: findings.reverse() };
}
