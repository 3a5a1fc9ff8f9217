import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";

/** Signed releases belong to the organisation and are seen by everybody in it; what they say of scanners is bounded by row-level security. */

const WITHOUT_MANIFEST = {
  id: true,
  name: true,
  system: true,
  toplevel: true,
  closureDigest: true,
  counter: true,
  floor: true,
  targetPath: true,
  sha256: true,
  length: true,
  signers: true,
  withdrawn: true,
  content: true,
  releasedAt: true,
  createdAt: true,
} as const;

/** Newest (highest counter) first. @param name only this release */
export async function signedSystems(tx: Tx, name?: string) {
  return await tx.release.findMany({
    where: { origin: "signed", system: { not: null }, ...(name === undefined ? {} : { name }) },
    orderBy: [{ counter: "desc" }, { system: "asc" }],
    select: WITHOUT_MANIFEST,
  });
}
export type SystemRow = Awaited<ReturnType<typeof signedSystems>>[number];

/** @param toplevels what runs somewhere */
export async function signedByToplevel(tx: Tx, toplevels: readonly string[]) {
  return await tx.release.findMany({
    where: { origin: "signed", toplevel: { in: [...toplevels] } },
    orderBy: { counter: "asc" },
    select: { id: true, name: true, toplevel: true, counter: true, closureDigest: true },
  });
}

type Count = { name: string; count: number };

/** Of scanners in scope that are part of the fleet: who runs, is pinned to and confirmed each release. */
export async function releaseCounts(tx: Tx) {
  const fleet = Prisma.sql`s."identity" = 'approved' and s."service" <> 'retired'`;
  const running = await tx.$queryRaw<Count[]>`
    select r."name", count(distinct s."id")::int as "count" from "Release" r
    join "ScannerState" st on st."runningToplevel" = r."toplevel" join "Scanner" s on s."id" = st."scannerId"
    where r."origin" = 'signed' and ${fleet} group by 1`;
  const pinned = await tx.$queryRaw<Count[]>`
    select r."name", count(*)::int as "count" from "Release" r join "Scanner" s on s."pinnedReleaseId" = r."id"
    where r."origin" = 'signed' and ${fleet} group by 1`;
  const confirmed = await tx.$queryRaw<Count[]>`
    select c."releaseName" as "name", count(distinct s."id")::int as "count" from "Change" c
    join "Scanner" s on s."id" = c."scannerId" where c."state" = 'confirmed' and ${fleet} group by 1`;
  return { running: byName(running), pinned: byName(pinned), confirmed: byName(confirmed) };
}

const byName = (rows: readonly Count[]) => new Map(rows.map(({ name, count }) => [name, count]));

export type FleetLabels = {
  id: string;
  serial: string;
  model: string | null;
  hardwareRevision: string | null;
  identity: string;
  pinnedReleaseId: string | null;
  /** Null: it never reported. `provided`, `quarantine`: those facts alone, of many. */
  state: {
    runningToplevel: string | null;
    axisReasons: unknown;
    provided: unknown;
    quarantine: unknown;
  } | null;
};

/** What deciding takes of every scanner that is part of the fleet, by serial. */
export async function fleetLabels(tx: Tx): Promise<FleetLabels[]> {
  return await tx.$queryRaw<FleetLabels[]>`
    select s."id", s."serial", s."model", s."hardwareRevision", s."identity", s."pinnedReleaseId",
      case when st."scannerId" is null then null else jsonb_build_object('runningToplevel', st."runningToplevel",
        'axisReasons', st."axisReasons", 'provided', st."facts"->'provided',
        'quarantine', st."facts"->'quarantine') end as "state"
    from "Scanner" s left join "ScannerState" st on st."scannerId" = s."id"
    where s."identity" in ('approved', 'locked-out') and s."service" <> 'retired' order by s."serial"`;
}

/** Scanners where a release was confirmed, and those with an open change. */
export async function scannersConfirmed(tx: Tx, name: string): Promise<Set<string>> {
  const rows = await tx.change.findMany({
    where: { releaseName: name, state: "confirmed" },
    distinct: ["scannerId"],
    select: { scannerId: true },
  });
  return new Set(rows.map(({ scannerId }) => scannerId));
}
export async function scannersChanging(tx: Tx): Promise<Set<string>> {
  const rows = await tx.change.findMany({ where: { endedAt: null }, select: { scannerId: true } });
  return new Set(rows.map(({ scannerId }) => scannerId));
}

type RefusalRow = {
  changeId: string;
  scannerId: string;
  serial: string;
  alias: string | null;
  siteName: string;
  timeZone: string;
  at: Date;
  reason: string | null;
};

/** The newest change of each scanner to this release, where the scanner itself refused it. */
export async function refusalsOf(tx: Tx, name: string, limit: number): Promise<RefusalRow[]> {
  return await tx.$queryRaw<RefusalRow[]>`
    with newest as (
      select distinct on (c."scannerId") c."id", c."scannerId", c."state", c."stateReason", c."endedAt" from "Change" c
      where c."releaseName" = ${name} and c."endedAt" is not null and c."state" not in ('cancelled', 'expired')
      order by c."scannerId", c."endedAt" desc)
    select n."id" as "changeId", n."scannerId", s."serial", s."alias", site."name" as "siteName", site."timeZone",
      n."endedAt" as "at", n."stateReason" as "reason"
    from newest n join "Scanner" s on s."id" = n."scannerId" join "Site" site on site."id" = s."siteId"
    where n."state" = 'refused' and s."service" <> 'retired'
      and exists (select 1 from "ChangeStep" st where st."changeId" = n."id" and st."state" = 'refused' and st."source" = 'scanner')
    order by n."endedAt" desc limit ${limit}`;
}

export async function pin(
  tx: Tx,
  scannerIds: readonly string[],
  to: { releaseId: string | null; by: string; atMs: number },
): Promise<void> {
  const { releaseId, by, atMs } = to;
  const data =
    releaseId === null
      ? { pinnedReleaseId: null, pinnedAt: null, pinnedBy: null }
      : { pinnedReleaseId: releaseId, pinnedAt: new Date(atMs), pinnedBy: by };
  await tx.scanner.updateMany({ where: { id: { in: [...scannerIds] } }, data });
}
