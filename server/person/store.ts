import { v7 } from "uuid";
import type { MembershipScope } from "#core/access/membership.ts";
import type { Role } from "#core/access/role.ts";
import type { OrganisationId, RegionId, SiteId } from "#core/identity/identity.ts";
import type { Tx } from "#server/act.ts";

export async function everybody(tx: Tx) {
  return tx.user.findMany({
    orderBy: { name: "asc" },
    include: { memberships: true, sessions: { select: { updatedAt: true } } },
  });
}

export async function membershipRowsOf(tx: Tx, userId: string) {
  return tx.membership.findMany({ where: { userId } });
}

export async function openInvitations(tx: Tx, nowMs: number) {
  return tx.invitation.findMany({
    where: { acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date(nowMs) } },
    orderBy: { createdAt: "desc" },
  });
}

export async function openInvitationFor(tx: Tx, email: string, nowMs: number) {
  return tx.invitation.findFirst({
    where: { email, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date(nowMs) } },
  });
}

export async function invitationById(tx: Tx, id: string) {
  return tx.invitation.findUnique({ where: { id } });
}

export async function invitationByHash(tx: Tx, tokenHash: string) {
  return tx.invitation.findUnique({ where: { tokenHash } });
}

export type NewInvitation = {
  email: string;
  role: Role;
  scope: MembershipScope;
  tokenHash: string;
  createdBy: string;
  expiresAtMs: number;
};

export async function createInvitation(tx: Tx, invitation: NewInvitation): Promise<string> {
  const { scope, expiresAtMs, ...rest } = invitation;
  const id = v7();
  await tx.invitation.create({
    data: {
      ...rest,
      id,
      scopeKind: scope.kind,
      organisationId: scope.organisationId,
      regionId: scope.kind === "organisation" ? null : scope.regionId,
      siteId: scope.kind === "site" ? scope.siteId : null,
      expiresAt: new Date(expiresAtMs),
    },
  });
  return id;
}

/** @returns false when somebody else closed it first: of any number of uses one wins. */
export async function closeInvitation(tx: Tx, id: string, as: "acceptedAt" | "revokedAt", nowMs: number) {
  const closed = await tx.invitation.updateMany({
    where: { id, acceptedAt: null, revokedAt: null },
    data: { [as]: new Date(nowMs) },
  });
  return closed.count === 1;
}

/** @returns false when the person had been deactivated already. */
export async function deactivate(tx: Tx, userId: string, nowMs: number): Promise<boolean> {
  const changed = await tx.user.updateMany({
    where: { id: userId, deactivatedAt: null },
    data: { deactivatedAt: new Date(nowMs) },
  });
  return changed.count === 1;
}

const RESET_PREFIX = "fiducial-reset:";

/** A second link voids the first (B-13). */
export async function replaceResetLink(
  tx: Tx,
  reset: { userId: string; hash: string; expiresAtMs: number },
): Promise<void> {
  await deleteResetLinks(tx, reset.userId);
  const identifier = RESET_PREFIX + reset.hash;
  const expiresAt = new Date(reset.expiresAtMs);
  await tx.verification.create({ data: { id: v7(), identifier, value: reset.userId, expiresAt } });
}

export async function deleteResetLinks(tx: Tx, userId: string): Promise<void> {
  await tx.verification.deleteMany({ where: { value: userId, identifier: { startsWith: RESET_PREFIX } } });
}

export async function resetLinkByHash(tx: Tx, hash: string) {
  return tx.verification.findFirst({ where: { identifier: RESET_PREFIX + hash } });
}

/** @returns false when another request spent it first. */
export async function spendResetLink(tx: Tx, id: string): Promise<boolean> {
  return (await tx.verification.deleteMany({ where: { id } })).count === 1;
}

/** Where a region or site lies; null when it is not there or outside the reach of this transaction. */
export async function regionScope(tx: Tx, regionId: RegionId): Promise<MembershipScope | null> {
  const region = await tx.region.findUnique({ where: { id: regionId } });
  if (region === null) return null;
  return { kind: "region", organisationId: region.organisationId as OrganisationId, regionId };
}

export async function siteScope(tx: Tx, siteId: SiteId): Promise<MembershipScope | null> {
  const site = await tx.site.findUnique({ where: { id: siteId } });
  if (site === null) return null;
  const { organisationId, regionId } = site;
  return {
    kind: "site",
    organisationId: organisationId as OrganisationId,
    regionId: regionId as RegionId,
    siteId,
  };
}

export async function organisationScope(tx: Tx): Promise<MembershipScope> {
  const { id } = await tx.organisation.findFirstOrThrow({ select: { id: true } });
  return { kind: "organisation", organisationId: id as OrganisationId };
}
