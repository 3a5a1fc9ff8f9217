import type { Database } from "#server/database/connect.ts";

/**
 * Makes the monthly partitions of the raw reports from last month to three months ahead. Called at start and once a day: without
 * a partition a report cannot be stored, and the scanner would keep it and try again.
 * @returns how many were missing
 */
export async function ensureReportPartitions({ prisma }: Pick<Database, "prisma">): Promise<number> {
  const rows = await prisma.$queryRaw<{ made: number }[]>`select public.ensure_report_partitions() as made`;
  return rows[0]?.made ?? 0;
}

/**
 * Drops whole months of raw reports that ended before the given time, milliseconds since the epoch. The database refuses one
 * younger than 30 days.
 * @returns how many months were dropped
 */
export async function dropReportPartitions(
  { prisma }: Pick<Database, "prisma">,
  beforeMs: number,
): Promise<number> {
  const before = new Date(beforeMs);
  const rows = await prisma.$queryRaw<
    { dropped: number }[]
  >`select public.drop_report_partitions(${before}) as dropped`;
  return rows[0]?.dropped ?? 0;
}
