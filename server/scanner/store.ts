import { HEADLINES, type HeadlineWord } from "#core/headline/axes.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";

/** Rows of scanners for the fleet table and the scanner's page. Row-level security holds the reader's scope; foreign is missing. */

const belief = { omit: { facts: true, opaque: true } } as const;
const shown = {
  site: { include: { region: { select: { name: true } } } },
  link: true,
  pinnedRelease: { select: { id: true, name: true, toplevel: true, origin: true } },
} as const;

export async function shownScanners(tx: Tx, ids: readonly string[]) {
  return await tx.scanner.findMany({ where: { id: { in: [...ids] } }, include: { ...shown, state: belief } });
}
export type ShownScanner = Awaited<ReturnType<typeof shownScanners>>[number];

export async function scannerWithFacts(tx: Tx, scannerId: string) {
  return await tx.scanner.findUnique({ where: { id: scannerId }, include: { ...shown, state: true } });
}
export type ScannerWithFacts = NonNullable<Awaited<ReturnType<typeof scannerWithFacts>>>;

export type FleetQuery = {
  headlines: readonly HeadlineWord[] | null;
  search: string | null;
  siteId: string | null;
  after: FleetKey | null;
  limit: number;
};
/** Place in the table: most severe first, then by serial. */
export type FleetKey = { rank: number; serial: string; id: string };

const WORD = Prisma.sql`case when s."identity" = 'retired' or s."service" = 'retired' then 'retired' else coalesce(st."headline", 'unknown') end`;
const RANK = Prisma.sql`coalesce(array_position(array[${Prisma.join([...HEADLINES])}]::text[], ${WORD}), 99) * 2
  + (case when st."headlineVariant" = 'tripped' then 1 else 0 end)`;
const FROM = Prisma.sql`from "Scanner" s join "Site" si on si."id" = s."siteId" left join "ScannerState" st on st."scannerId" = s."id"`;

function matching({ search, siteId }: Pick<FleetQuery, "search" | "siteId">): Prisma.Sql {
  const like = search === null ? null : `%${search.replace(/[\\%_]/g, (one) => `\\${one}`)}%`;
  const found =
    like === null
      ? Prisma.empty
      : Prisma.sql`and (s."serial" ilike ${like} or s."alias" ilike ${like} or si."name" ilike ${like}
          or s."model" ilike ${like} or s."hostname" ilike ${like})`;
  const inSite = siteId === null ? Prisma.empty : Prisma.sql`and s."siteId" = ${siteId}::uuid`;
  return Prisma.sql`where s."identity" in ('approved', 'locked-out', 'retired') ${found} ${inSite}`;
}

/** Without a filter retired scanners are left out; they count in no total. */
function wordFilter(headlines: FleetQuery["headlines"]): Prisma.Sql {
  if (headlines === null) return Prisma.sql`and ${WORD} <> 'retired'`;
  return Prisma.sql`and ${WORD} = any(${[...headlines]}::text[])`;
}

export async function fleetKeys(tx: Tx, query: FleetQuery): Promise<FleetKey[]> {
  const { after } = query;
  const beyond =
    after === null
      ? Prisma.empty
      : Prisma.sql`and (${RANK}, s."serial", s."id") > (${after.rank}::int, ${after.serial}, ${after.id}::uuid)`;
  return await tx.$queryRaw<FleetKey[]>`
    select ${RANK} as "rank", s."serial", s."id" ${FROM} ${matching(query)} ${wordFilter(query.headlines)} ${beyond}
    order by 1, 2, 3 limit ${query.limit}`;
}

export async function fleetCounts(tx: Tx, query: Pick<FleetQuery, "search" | "siteId">) {
  return await tx.$queryRaw<{ word: HeadlineWord; tripped: boolean; count: number }[]>`
    select ${WORD} as "word", coalesce(st."headlineVariant" = 'tripped', false) as "tripped", count(*)::int as "count"
    ${FROM} ${matching(query)} group by 1, 2`;
}

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

export async function releaseById(tx: Tx, id: string) {
  return await tx.release.findUnique({ where: { id } });
}

export async function personName(tx: Tx, userId: string): Promise<string | null> {
  return (await tx.user.findUnique({ where: { id: userId }, select: { name: true } }))?.name ?? null;
}

/**
 * EXP-3: scanners in the reader's scope that run the same system, this one left out, with the findings open on them. Where no closure
 * is seen (a host without NixOS) it is the scanners of the same model that have none either.
 */
export async function siblingFindings(
  tx: Tx,
  scanner: { id: string; model: string | null; state: { runningToplevel: string | null } | null },
) {
  const toplevel = scanner.state?.runningToplevel ?? null;
  if (toplevel === null && scanner.model === null) return [];
  const alike = toplevel === null ? { model: scanner.model } : {};
  return await tx.scannerState.findMany({
    where: {
      scannerId: { not: scanner.id },
      runningToplevel: toplevel,
      scanner: { ...alike, identity: "approved", service: { not: "retired" } },
    },
    select: { findings: true },
    take: 1000,
  });
}

const TIMELINE_ROWS = 1_000;
const overlapping = (scannerId: string, fromMs: number, toMs: number) => ({
  where: {
    scannerId,
    openedAt: { lte: new Date(toMs) },
    OR: [{ closedAt: null }, { closedAt: { gte: new Date(fromMs) } }],
  },
  orderBy: { openedAt: "asc" as const },
  take: TIMELINE_ROWS,
});

export async function timelineRows(tx: Tx, scannerId: string, fromMs: number, toMs: number) {
  const within = overlapping(scannerId, fromMs, toMs);
  return {
    facts: await tx.factInterval.findMany({
      ...within,
      where: { ...within.where, kind: { in: ["closures", "host"] } },
    }),
    headlines: await tx.headlineInterval.findMany(within),
    findings: await tx.findingInterval.findMany(within),
  };
}

export type ScannerLabels = {
  alias?: string | null;
  serial?: string;
  model?: string | null;
  service?: string;
};

export async function updateScanner(tx: Tx, scannerId: string, labels: ScannerLabels): Promise<void> {
  await tx.scanner.update({ where: { id: scannerId }, data: labels });
}
