import type { ScannerId, Scope } from "#core/identity/identity.ts";
import type { KeySource } from "#server/agent-api/known-keys.ts";
import type { WithScope } from "#server/database/scoped.ts";
import type { Identity } from "#server/scanner/view.ts";

type Row = { standing: string; revokedAt: Date | null; scanner: { identity: string } };

/**
 * A key that waits beside the scanner's own is nobody's yet, whatever the scanner is; one that was revoked is unknown, unless its
 * scanner is retired: that machine is told so, instead of being asked to enrol again. Null: no such key to the outside.
 */
function identityOf({ standing, revokedAt, scanner }: Row): Identity | null {
  if (revokedAt !== null) return scanner.identity === "retired" ? "retired" : null;
  if (standing === "waiting") return "pending";
  return standing === "refused" ? "refused" : (scanner.identity as Identity);
}

/** Keys are looked up before anybody's site is known, so these two queries see all sites; they answer for one key, or with ids. */
export function keySource(withScope: WithScope): KeySource {
  return {
    find: (keyId) =>
      withScope({ all: true }, async (tx) => {
        const row = await tx.scannerKey.findUnique({ where: { id: keyId }, include: { scanner: true } });
        const identity = row === null ? null : identityOf(row);
        if (row === null || identity === null) return null;
        const { organisationId, regionId, siteId } = row.scanner;
        return {
          keyId,
          scannerId: row.scannerId as ScannerId,
          scope: { organisationId, regionId, siteId } as Scope,
          publicKey: row.publicKey,
          identity,
          standingSinceMs: row.scanner.identitySince.getTime(),
        };
      }),
    changedSince: (sinceMs) =>
      withScope({ all: true }, async (tx) => {
        const since = new Date(sinceMs);
        const rows = await tx.scanner.findMany({
          where: {
            OR: [
              { identitySince: { gte: since } },
              { approvedAt: { gte: since } },
              { keys: { some: { revokedAt: { gte: since } } } },
              { keys: { some: { decidedAt: { gte: since } } } },
            ],
          },
          select: { id: true },
        });
        return rows.map(({ id }) => id as ScannerId);
      }),
  };
}
