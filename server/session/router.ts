import * as z from "zod";
import { Refusal } from "#server/refusal.ts";
import { procedure, router } from "#server/trpc.ts";
import { me, setPreferences } from "./service.ts";
import { timeZoneSchema } from "./time-zone.ts";

const preferencesPatch = z
  .strictObject({
    locale: z.enum(["en", "de"]),
    theme: z.enum(["system", "light", "dark"]),
    times: z.enum(["site", "viewer", "utc"]),
    timeZone: timeZoneSchema,
  })
  .partial();

export const sessionRouter = router({
  me: procedure("session.me").query(({ ctx }) => ctx.read((tx) => me(tx, ctx.visitor, ctx.memberships))),
  setPreferences: procedure("session.setPreferences")
    .input(preferencesPatch)
    .mutation(({ ctx, input }) => {
      if (Object.values(input).every((value) => value === undefined)) throw new Refusal("nothing-to-change");
      return ctx.act((act) => setPreferences(act, ctx.actor, input));
    }),
});
