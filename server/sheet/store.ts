import type { Tx } from "#server/database/scoped.ts";

const labelled = { site: { select: { name: true } } } as const;

/** Scanners with these serials, locked in one order until the transaction ends. */
export async function lockBySerial(tx: Tx, serials: readonly string[]): Promise<void> {
  await tx.$queryRaw`
    select 1 from "Scanner" where "serial" = any(${[...serials]}::text[]) order by "id" for update`;
}

export async function scannersBySerial(tx: Tx, serials: readonly string[]) {
  return await tx.scanner.findMany({
    where: { serial: { in: [...serials] }, identity: { notIn: ["pending", "refused"] } },
    include: labelled,
  });
}

export async function allScanners(tx: Tx) {
  return await tx.scanner.findMany({
    where: { identity: { notIn: ["pending", "refused", "retired"] } },
    orderBy: { serial: "asc" },
    include: labelled,
  });
}
export type Labelled = Awaited<ReturnType<typeof allScanners>>[number];

/** Held until the transaction ends, so that none is closed while scanners come to it. */
export async function keepSitesOpen(tx: Tx, names: readonly string[]): Promise<void> {
  await tx.$queryRaw`
    select 1 from "Site" where "name" = any(${[...names]}::text[]) order by "id" for share`;
}

export async function sites(tx: Tx) {
  return await tx.site.findMany({
    orderBy: { name: "asc" },
    include: { region: { select: { name: true } } },
  });
}
export type SheetSite = Awaited<ReturnType<typeof sites>>[number];

export type LabelRow = {
  id: string;
  alias: string | null;
  model: string | null;
  revision: string | null;
  room: string | null;
  tags: readonly string[];
};

/** One statement for all of them. */
export async function writeLabels(tx: Tx, rows: readonly LabelRow[]): Promise<void> {
  await tx.$executeRaw`
    update "Scanner" set "alias" = row."alias", "model" = row."model", "hardwareRevision" = row."revision", "room" = row."room",
      "tags" = array(select jsonb_array_elements_text(row."tags"))
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as row("id" uuid, "alias" text, "model" text, "revision" text, "room" text, "tags" jsonb)
    where "Scanner"."id" = row."id"`;
}
