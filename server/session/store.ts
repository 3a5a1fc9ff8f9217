import type { Membership, MembershipScope } from "#core/access/membership.ts";
import { isRole } from "#core/access/role.ts";
import type { OrganisationId, RegionId, SiteId } from "#core/identity/identity.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/act.ts";
import type { Preferences } from "./view.ts";

export type MembershipRow = {
  role: string;
  scopeKind: string;
  organisationId: string;
  regionId: string | null;
  siteId: string | null;
};

/** A row that this build cannot read grants nothing: null. */
export function membershipOf(row: MembershipRow): Membership | null {
  if (!isRole(row.role)) return null;
  const scope = scopeOf(row);
  return scope === null ? null : { role: row.role, scope };
}

function scopeOf(row: MembershipRow): MembershipScope | null {
  const organisationId = row.organisationId as OrganisationId;
  const regionId = row.regionId as RegionId | null;
  const siteId = row.siteId as SiteId | null;
  if (row.scopeKind === "organisation") return { kind: "organisation", organisationId };
  if (regionId === null) return null;
  if (row.scopeKind === "region") return { kind: "region", organisationId, regionId };
  if (row.scopeKind === "site" && siteId !== null) return { kind: "site", organisationId, regionId, siteId };
  return null;
}

export async function membershipsOf(tx: Tx, userId: string): Promise<Membership[]> {
  const rows = await tx.membership.findMany({ where: { userId } });
  return rows.map(membershipOf).filter((one) => one !== null);
}

export async function isDeactivated(tx: Tx, userId: string): Promise<boolean> {
  const user = await tx.user.findUnique({ where: { id: userId }, select: { deactivatedAt: true } });
  return user === null || user.deactivatedAt !== null;
}

/** Ends sessions unused since `idleSinceMs`, and those made before `madeBeforeMs` however busy they were (B-11). */
export async function deleteStaleSessions(tx: Tx, idleSinceMs: number, madeBeforeMs: number): Promise<void> {
  await tx.session.deleteMany({
    where: {
      OR: [{ updatedAt: { lte: new Date(idleSinceMs) } }, { createdAt: { lte: new Date(madeBeforeMs) } }],
    },
  });
}

/** A session deleted in the meantime stays deleted. */
export async function noteUse(tx: Tx, sessionId: string, nowMs: number): Promise<void> {
  await tx.session.updateMany({ where: { id: sessionId }, data: { updatedAt: new Date(nowMs) } });
}

export async function deleteSessionsOf(tx: Tx, userId: string): Promise<void> {
  await tx.session.deleteMany({ where: { userId } });
}

export async function preferenceRow(tx: Tx, userId: string) {
  return tx.preference.findUnique({ where: { userId } });
}

export type PreferenceRow = NonNullable<Awaited<ReturnType<typeof preferenceRow>>>;

export async function savePreferences(tx: Tx, userId: string, preferences: Preferences): Promise<void> {
  const { fleetColumns } = preferences;
  const data = { ...preferences, fleetColumns: fleetColumns === null ? Prisma.DbNull : [...fleetColumns] };
  await tx.preference.upsert({ where: { userId }, create: { userId, ...data }, update: data });
}

/** Names of the places memberships name, by id. */
export async function placeNames(tx: Tx, memberships: readonly Membership[]): Promise<Map<string, string>> {
  const scopes = memberships.map(({ scope }) => scope);
  const regionIds = scopes.flatMap((scope) => (scope.kind === "region" ? [scope.regionId] : []));
  const siteIds = scopes.flatMap((scope) => (scope.kind === "site" ? [scope.siteId] : []));
  const select = { id: true, name: true };
  const rows = [
    ...(await tx.organisation.findMany({ select })),
    ...(await tx.region.findMany({ select, where: { id: { in: regionIds } } })),
    ...(await tx.site.findMany({ select, where: { id: { in: siteIds } } })),
  ];
  return new Map(rows.map((row) => [row.id, row.name]));
}

export async function organisationName(tx: Tx): Promise<string> {
  const organisation = await tx.organisation.findFirst({ select: { name: true } });
  return organisation?.name ?? "";
}

export async function activePeople(tx: Tx) {
  return tx.user.findMany({
    where: { deactivatedAt: null },
    select: { id: true, name: true, memberships: true },
    orderBy: { createdAt: "asc" },
    take: 200,
  });
}
