import { auditRouter } from "#server/audit/router.ts";
import { baselineRouter } from "#server/baseline/router.ts";
import { enrolmentRouter } from "#server/enrolment/router.ts";
import { invitationRouter, personRouter } from "#server/person/router.ts";
import { scannerRouter } from "#server/scanner/router.ts";
import { sessionRouter } from "#server/session/router.ts";
import { setupRouter } from "#server/setup/router.ts";
import { siteRouter } from "#server/site/router.ts";
import { router } from "#server/trpc.ts";

/** Everything people can ask of the server; each name has its row in core/access/permission.ts (P-01). */
export const appRouter = router({
  audit: auditRouter,
  baseline: baselineRouter,
  enrolment: enrolmentRouter,
  invitation: invitationRouter,
  person: personRouter,
  scanner: scannerRouter,
  session: sessionRouter,
  setup: setupRouter,
  site: siteRouter,
});

export type AppRouter = typeof appRouter;
