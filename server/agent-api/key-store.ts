import type { ScannerId, Scope } from "#core/identity/identity.ts";
import type { KeySource } from "#server/agent-api/known-keys.ts";
import type { WithScope } from "#server/database/scoped.ts";
import type { Identity } from "#server/scanner/view.ts";

/** Keys are looked up before anybody's site is known, so these two queries see all sites; they answer for one key, or with ids. */
export function keySource(withScope: WithScope): KeySource {
  return {
    find: (keyId) =>
      withScope({ all: true }, async (tx) => {
        const row = await tx.scannerKey.findUnique({ where: { id: keyId }, include: { scanner: true } });
        if (row === null || row.revokedAt !== null) return null;
        const { organisationId, regionId, siteId } = row.scanner;
        return {
          keyId,
          scannerId: row.scannerId as ScannerId,
          scope: { organisationId, regionId, siteId } as Scope,
          publicKey: row.publicKey,
          identity: row.scanner.identity as Identity,
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
            ],
          },
          select: { id: true },
        });
        return rows.map(({ id }) => id as ScannerId);
      }),
  };
}
