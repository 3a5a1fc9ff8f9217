import type { Service } from "#core/headline/axes.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Tx } from "#server/database/scoped.ts";

/** What people write on a scanner's record. Row-level security holds the writer's scope; foreign is missing. */

/** Scanners that are part of the fleet, locked in one order until the transaction ends; retired ones too. */
export async function lockScanners(tx: Tx, scannerIds: readonly ScannerId[]) {
  const ids = [...new Set(scannerIds)];
  await tx.$queryRaw`select 1 from "Scanner" where "id" = any(${ids}::uuid[]) order by "id" for update`;
  return await tx.scanner.findMany({
    where: { id: { in: ids }, identity: { notIn: ["pending", "refused"] } },
    orderBy: { serial: "asc" },
    include: { site: { select: { name: true } } },
  });
}
export type RecordedScanner = Awaited<ReturnType<typeof lockScanners>>[number];

/** One statement for all of them; the tags are worked out before. */
export async function setTags(
  tx: Tx,
  rows: readonly { id: string; tags: readonly string[] }[],
): Promise<void> {
  await tx.$executeRaw`
    update "Scanner" set "tags" = array(select jsonb_array_elements_text(row."tags"))
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row("id" uuid, "tags" jsonb)
    where "Scanner"."id" = row."id"`;
}

export type Mark = {
  service: Service;
  reason: string | null;
  by: string;
  atMs: number;
  untilMs: number | null;
};

export async function setService(tx: Tx, ids: readonly string[], mark: Mark): Promise<void> {
  const marked = mark.service !== "in-service";
  await tx.scanner.updateMany({
    where: { id: { in: [...ids] } },
    data: {
      service: mark.service,
      serviceReason: mark.reason,
      serviceSince: marked ? new Date(mark.atMs) : null,
      serviceBy: marked ? mark.by : null,
      serviceUntil: mark.untilMs === null ? null : new Date(mark.untilMs),
    },
  });
}

export async function siteForMove(tx: Tx, siteId: SiteId) {
  await tx.$queryRaw`select 1 from "Site" where "id" = ${siteId}::uuid for share`;
  return await tx.site.findUnique({ where: { id: siteId } });
}

export async function retire(tx: Tx, scannerId: ScannerId, atMs: number): Promise<void> {
  const at = new Date(atMs);
  await tx.scanner.update({ where: { id: scannerId }, data: { identity: "retired", identitySince: at } });
  await tx.scannerKey.updateMany({ where: { scannerId, revokedAt: null }, data: { revokedAt: at } });
  const open = { replacesScannerId: scannerId, usedAt: null, revokedAt: null };
  await tx.enrolmentToken.updateMany({ where: open, data: { revokedAt: at } });
}

export type Labels = {
  alias?: string | null;
  serial?: string;
  model?: string | null;
  hardwareRevision?: string | null;
  room?: string | null;
  tags?: string[];
};

export async function updateLabels(tx: Tx, scannerId: ScannerId, labels: Labels): Promise<void> {
  await tx.scanner.update({ where: { id: scannerId }, data: labels });
}
