import * as z from "zod";
import { regionIdSchema } from "#core/identity/identity.ts";
import { procedure, router } from "#server/trpc.ts";
import { createRegion, listRegions, removeRegion, renameRegion } from "./service.ts";

const name = z.string().trim().min(1).max(120);

export const regionRouter = router({
  list: procedure("region.list").query(({ ctx }) => ctx.overAllSites.read((tx) => listRegions(tx, ctx))),
  create: procedure("region.create")
    .input(z.strictObject({ name }))
    .mutation(({ ctx, input }) => ctx.overAllSites.act((act) => createRegion(act, ctx, input))),
  rename: procedure("region.rename")
    .input(z.strictObject({ regionId: regionIdSchema, name }))
    .mutation(({ ctx, input }) => ctx.overAllSites.act((act) => renameRegion(act, ctx, input))),
  remove: procedure("region.remove")
    .input(z.strictObject({ regionId: regionIdSchema }))
    .mutation(({ ctx, input }) => ctx.overAllSites.act((act) => removeRegion(act, ctx, input))),
});
