import * as z from "zod";
import { personFields } from "#server/person/account-service.ts";
import { timeZoneSchema } from "#server/session/time-zone.ts";
import { procedure, router } from "#server/trpc.ts";
import { createAdmin, needsAdmin } from "./service.ts";

const placeName = z.string().trim().min(1).max(120);

const firstRun = z.strictObject({
  ...personFields,
  organisationName: placeName,
  siteName: placeName,
  timeZone: timeZoneSchema,
});

export const setupRouter = router({
  status: procedure("setup.status").query(async ({ ctx }) => ({
    needsAdmin: await ctx.read(needsAdmin),
    build: ctx.server.build,
  })),
  createAdmin: procedure("setup.createAdmin")
    .input(firstRun)
    .mutation(({ ctx, input }) => ctx.act((act) => createAdmin(act, input))),
});
