import * as z from "zod";
import { sha256HexSchema } from "#core/identity/identity.ts";
import { procedure, router } from "#server/trpc.ts";
import { exportLabels, importLabels, previewLabels } from "./labels.ts";
import { exportSites, importSites, previewSites } from "./sites.ts";

/** More than any sheet: what is too large is refused in words where its bytes are counted. */
const MAX_TEXT = 3_000_000;

const sheet = z.strictObject({ text: z.string().max(MAX_TEXT) });
const agreed = sheet.extend({
  planDigest: sha256HexSchema,
  goodLinesOnly: z.boolean(),
  reason: z.string().trim().min(1).max(1000),
});

/** Sheets that people keep elsewhere: looked at first, written only as shown. Whoever takes one along is in the audit log. */
export const sheetRouter = router({
  exportLabels: procedure("sheet.exportLabels").mutation(({ ctx }) => ctx.act(exportLabels)),
  previewLabels: procedure("sheet.previewLabels")
    .input(sheet)
    .query(({ ctx, input }) => ctx.read((tx) => previewLabels(tx, ctx, input.text))),
  importLabels: procedure("sheet.importLabels")
    .input(agreed)
    .mutation(({ ctx, input }) => ctx.act((act) => importLabels(act, ctx, input))),
  exportSites: procedure("sheet.exportSites").mutation(({ ctx }) =>
    ctx.overAllSites.act((act) => exportSites(act, ctx)),
  ),
  previewSites: procedure("sheet.previewSites")
    .input(sheet)
    .query(({ ctx, input }) => ctx.overAllSites.read((tx) => previewSites(tx, ctx, input.text))),
  importSites: procedure("sheet.importSites")
    .input(agreed)
    .mutation(({ ctx, input }) => ctx.overAllSites.act((act) => importSites(act, ctx, input))),
});
