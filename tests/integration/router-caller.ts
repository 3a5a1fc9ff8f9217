import type { Membership } from "#core/access/membership.ts";
import type { Role } from "#core/access/role.ts";
import type { OrganisationId, SiteId } from "#core/identity/identity.ts";
import { appendRows } from "#server/audit/append-rows.ts";
import { createLog } from "#server/log.ts";
import { createTransaction } from "#server/reach.ts";
import { appRouter } from "#server/router.ts";
import type { IngestServer } from "#tests/integration/ingest-server.ts";

/** Every procedure as a person with one role at these sites calls it, without the doors in front of them. */
export function callerAs(server: IngestServer, role: Role, siteIds: readonly string[]) {
  const { organisationId, regionId } = server.scope;
  const memberships = siteIds.map(
    (siteId): Membership => ({
      role,
      scope: {
        kind: "site",
        organisationId: organisationId as OrganisationId,
        regionId,
        siteId: siteId as SiteId,
      } as Membership["scope"],
    }),
  );
  return appRouter.createCaller({
    visitor: {
      userId: `user-${role}`,
      sessionId: "s",
      name: role,
      email: `${role}@x.test`,
      twoFactorEnabled: false,
    },
    memberships,
    transaction: createTransaction(server.database.withScope),
    append: appendRows,
    nudge: { scanners: () => undefined, list: () => undefined },
    log: createLog("error", () => undefined),
    requestId: "r",
    nowMs: server.clock.wallMs,
    repository: { standing: async () => null, release: async () => null },
    server: {
      build: "test",
      origin: "http://127.0.0.1",
      keyFingerprint: "",
      front: { signInOpen: false, bannerText: null, dock: false },
    },
  });
}
