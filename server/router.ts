import { askRouter } from "#server/ask/router.ts";
import { auditRouter } from "#server/audit/router.ts";
import { baselineRouter } from "#server/baseline/router.ts";
import { changeRouter } from "#server/change/router.ts";
import { compareRouter } from "#server/compare/router.ts";
import { enrolmentRouter } from "#server/enrolment/router.ts";
import { pastRouter } from "#server/past/router.ts";
import { invitationRouter, personRouter } from "#server/person/router.ts";
import { regionRouter } from "#server/region/router.ts";
import { releaseRouter } from "#server/release/router.ts";
import { savedViewRouter } from "#server/saved-view/router.ts";
import { scannerRouter } from "#server/scanner/router.ts";
import { scannerRecordRouter } from "#server/scanner-record/router.ts";
import { sessionRouter } from "#server/session/router.ts";
import { setupRouter } from "#server/setup/router.ts";
import { sheetRouter } from "#server/sheet/router.ts";
import { siteRouter } from "#server/site/router.ts";
import { mergeRouters, router } from "#server/trpc.ts";

/** Everything people can ask of the server; each name has its row in core/access/permission.ts (P-01). */
export const appRouter = router({
  ask: askRouter,
  audit: auditRouter,
  baseline: baselineRouter,
  change: changeRouter,
  compare: compareRouter,
  enrolment: enrolmentRouter,
  invitation: invitationRouter,
  past: pastRouter,
  person: personRouter,
  region: regionRouter,
  release: releaseRouter,
  savedView: savedViewRouter,
  scanner: mergeRouters(scannerRouter, scannerRecordRouter),
  session: sessionRouter,
  setup: setupRouter,
  sheet: sheetRouter,
  site: siteRouter,
});

export type AppRouter = typeof appRouter;
