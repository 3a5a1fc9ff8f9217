import type { ProcedureName } from "#core/access/permission.ts";

/** What of the walk over all procedures depends on what a procedure is about. */

/** Procedures about more than one site: whoever holds a role at a single one is kept out of them. */
export const WIDER: readonly ProcedureName[] = [
  "site.create",
  "site.move",
  "site.close",
  "site.reopen",
  "region.create",
  "region.rename",
  "region.remove",
  "scanner.move",
];
/** Of these, those about something new: nothing is missing, only the right. */
export const NEW: readonly ProcedureName[] = ["site.create", "region.create"];
/** Procedures that name no object: outside one's scope they simply show nothing of it. */
export const LISTS: readonly ProcedureName[] = [
  "site.list",
  "scanner.list",
  "scanner.order",
  "scanner.facets",
  "person.list",
  "enrolment.list",
  "region.list",
  "past.fleet",
];

/** Beside them: what they answer outside one's scope is empty, and no longer for who sees more. */
export const EMPTY: readonly ProcedureName[] = [
  "scanner.counts",
  "scanner.rows",
  "ask.answer",
  "ask.scanners",
  "ask.suggest",
  "ask.find",
  "past.range",
  "release.list",
  "release.get",
  "release.compare",
  "release.scanners",
  "release.refusals",
  "sheet.exportLabels",
  "sheet.previewLabels",
  "sheet.importLabels",
  "sheet.exportSites",
  "sheet.previewSites",
  "sheet.importSites",
];
