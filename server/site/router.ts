import * as z from "zod";
import { siteIdSchema } from "#core/identity/identity.ts";
import { timeZoneSchema } from "#server/session/time-zone.ts";
import { procedure, router } from "#server/trpc.ts";
import { createSite, listSites, renameSite } from "./service.ts";

const name = z.string().trim().min(1).max(120);

export const siteRouter = router({
  list: procedure("site.list").query(({ ctx }) => ctx.read(listSites)),
  create: procedure("site.create")
    .input(z.strictObject({ name, timeZone: timeZoneSchema, regionName: name.optional() }))
    .mutation(({ ctx, input }) => ctx.overAllSites.act((act) => createSite(act, ctx.memberships, input))),
  rename: procedure("site.rename")
    .input(
      z.strictObject({ siteId: siteIdSchema, name: name.optional(), timeZone: timeZoneSchema.optional() }),
    )
    .mutation(({ ctx, input }) => ctx.act((act) => renameSite(act, input))),
});
