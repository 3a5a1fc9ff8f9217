import * as z from "zod";
import { regionIdSchema, siteIdSchema } from "#core/identity/identity.ts";
import { timeZoneSchema } from "#server/session/time-zone.ts";
import { procedure, router } from "#server/trpc.ts";
import { closeSite, createSite, listSites, moveSite, renameSite, reopenSite } from "./service.ts";

const name = z.string().trim().min(1).max(120);
const reason = z.string().trim().min(1).max(1000);
const bySite = z.strictObject({ siteId: siteIdSchema, reason });

export const siteRouter = router({
  list: procedure("site.list").query(({ ctx }) => ctx.read(listSites)),
  create: procedure("site.create")
    .input(z.strictObject({ name, timeZone: timeZoneSchema, regionName: name.optional() }))
    .mutation(({ ctx, input }) => ctx.overAllSites.act((act) => createSite(act, ctx, input))),
  rename: procedure("site.rename")
    .input(
      z.strictObject({ siteId: siteIdSchema, name: name.optional(), timeZone: timeZoneSchema.optional() }),
    )
    .mutation(({ ctx, input }) => ctx.act((act) => renameSite(act, input))),
  move: procedure("site.move")
    .input(bySite.extend({ regionId: regionIdSchema }))
    .mutation(({ ctx, input }) => ctx.overAllSites.act((act) => moveSite(act, ctx, input))),
  close: procedure("site.close")
    .input(bySite)
    .mutation(({ ctx, input }) => ctx.act((act) => closeSite(act, input))),
  reopen: procedure("site.reopen")
    .input(bySite)
    .mutation(({ ctx, input }) => ctx.act((act) => reopenSite(act, input))),
});
