import * as z from "zod";
import { FLEET_COLUMNS } from "#core/fleet/columns.ts";
import { LOCALES } from "#core/message/text.ts";
import { Refusal } from "#server/refusal.ts";
import { procedure, router } from "#server/trpc.ts";
import { front } from "./front.ts";
import { me, setPreferences } from "./service.ts";
import { timeZoneSchema } from "./time-zone.ts";

const preferencesPatch = z
  .strictObject({
    locale: z.enum(LOCALES),
    theme: z.enum(["system", "light", "dark"]),
    times: z.enum(["site", "viewer", "utc"]),
    timeZone: timeZoneSchema,
    shortcuts: z.boolean(),
    fleetColumns: z.array(z.enum(FLEET_COLUMNS)).max(FLEET_COLUMNS.length).nullable(),
    density: z.enum(["compact", "comfortable"]),
  })
  .partial();

export const sessionRouter = router({
  front: procedure("session.front").query(({ ctx }) =>
    ctx.overAllSites.read((tx) => front(tx, ctx.server.front, ctx.visitor)),
  ),
  me: procedure("session.me").query(({ ctx }) => ctx.read((tx) => me(tx, ctx.visitor, ctx.memberships))),
  setPreferences: procedure("session.setPreferences")
    .input(preferencesPatch)
    .mutation(({ ctx, input }) => {
      if (Object.values(input).every((value) => value === undefined)) throw new Refusal("nothing-to-change");
      return ctx.act((act) => setPreferences(act, ctx.actor, input));
    }),
});
