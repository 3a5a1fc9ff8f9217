import * as z from "zod";
import { scannerIdSchema, siteIdSchema } from "#core/identity/identity.ts";
import { procedure, router } from "#server/trpc.ts";
import { chainForReader, readPage } from "./page-service.ts";

const MOST_ENTRIES = 200;

export const auditRouter = router({
  list: procedure("audit.list")
    .input(
      z.strictObject({
        scannerId: scannerIdSchema.optional(),
        siteId: siteIdSchema.optional(),
        limit: z.int().positive().max(MOST_ENTRIES).default(100),
        beforeSeq: z.int().positive().optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const chosen = await ctx.read((tx) => chainForReader(tx, ctx.memberships, input));
      const page = { chain: chosen.chain, limit: input.limit, beforeSeq: input.beforeSeq ?? null };
      // The organisation's chain lies in no site; the service has asked whether this person may read it.
      const read = chosen.overAllSites ? ctx.overAllSites.read : ctx.read;
      return read((tx) => readPage(tx, page));
    }),
});
