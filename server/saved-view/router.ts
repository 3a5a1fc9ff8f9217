import * as z from "zod";
import { MAX_QUERY, readFleetQuery, writeFleetQuery } from "#core/fleet/filter.ts";
import { procedure, router } from "#server/trpc.ts";
import { createView, deleteView, listViews, updateView } from "./service.ts";

const name = z.string().trim().min(1).max(80);
const purpose = z.string().trim().max(300);
/** Kept as this program would write it, so that two views of the same words are the same text. */
const query = z
  .string()
  .max(MAX_QUERY)
  .transform((text) => writeFleetQuery(readFleetQuery(text)));
const view = z.uuid();

export const savedViewRouter = router({
  list: procedure("savedView.list").query(({ ctx }) =>
    ctx.read((tx) => listViews(tx, { userId: ctx.actor, memberships: ctx.memberships })),
  ),
  create: procedure("savedView.create")
    .input(z.strictObject({ name, purpose: purpose.default(""), query, shared: z.boolean().default(false) }))
    .mutation(({ ctx, input }) =>
      ctx.act((act) => createView(act, { userId: ctx.actor, memberships: ctx.memberships }, input)),
    ),
  update: procedure("savedView.update")
    .input(
      z.strictObject({ view, ...z.object({ name, purpose, query, shared: z.boolean() }).partial().shape }),
    )
    .mutation(({ ctx, input: { view, ...patch } }) =>
      ctx.act((act) => updateView(act, { userId: ctx.actor, memberships: ctx.memberships }, view, patch)),
    ),
  delete: procedure("savedView.delete")
    .input(z.strictObject({ view }))
    .mutation(({ ctx, input }) =>
      ctx.act((act) => deleteView(act, { userId: ctx.actor, memberships: ctx.memberships }, input.view)),
    ),
});
