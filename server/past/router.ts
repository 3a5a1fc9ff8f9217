import * as z from "zod";
import { HEADLINES } from "#core/headline/axes.ts";
import { epochMsSchema, scannerIdSchema, siteIdSchema } from "#core/identity/identity.ts";
import { fleetAt, pastRange } from "#server/past/fleet-then.ts";
import { scannerAt } from "#server/past/scanner-then.ts";
import { procedure, router } from "#server/trpc.ts";

const fleetInput = z.strictObject({
  atMs: epochMsSchema,
  headline: z.array(z.enum(HEADLINES)).max(HEADLINES.length).optional(),
  siteId: siteIdSchema.optional(),
  search: z
    .string()
    .max(200)
    .regex(/^\P{Cc}*$/u)
    .optional(),
  limit: z.int().min(1).max(200).default(100),
  cursor: z.string().max(400).optional(),
});

export const pastRouter = router({
  range: procedure("past.range").query(({ ctx }) => ctx.read((tx) => pastRange(tx, ctx.nowMs))),
  scanner: procedure("past.scanner")
    .input(z.strictObject({ scannerId: scannerIdSchema, atMs: epochMsSchema }))
    .query(({ ctx, input }) => ctx.read((tx) => scannerAt(tx, input.scannerId, input.atMs))),
  fleet: procedure("past.fleet")
    .input(fleetInput)
    .query(({ ctx, input }) => ctx.read((tx) => fleetAt(tx, input))),
});
