import type { Membership } from "#core/access/membership.ts";
import type { Tx } from "#server/act.ts";
import { membershipFrom } from "#server/session/service.ts";
import type { SitePlace } from "./standing.ts";

/** Memberships of those of these sessions that still live; the others are missing from the answer. */
export async function livingSessions(
  tx: Tx,
  sessionIds: readonly string[],
  limits: { idleSinceMs: number; madeBeforeMs: number },
): Promise<Map<string, Membership[]>> {
  const rows = await tx.session.findMany({
    where: {
      id: { in: [...sessionIds] },
      updatedAt: { gt: new Date(limits.idleSinceMs) },
      createdAt: { gt: new Date(limits.madeBeforeMs) },
      user: { deactivatedAt: null },
    },
    select: { id: true, user: { select: { memberships: true } } },
  });
  return new Map(
    rows.map(({ id, user }) => [id, user.memberships.map(membershipFrom).filter((one) => one !== null)]),
  );
}

export async function sitePlaces(tx: Tx): Promise<SitePlace[]> {
  const rows = await tx.site.findMany({ select: { id: true, organisationId: true, regionId: true } });
  return rows.map(
    ({ id, organisationId, regionId }) => ({ siteId: id, organisationId, regionId }) as SitePlace,
  );
}
