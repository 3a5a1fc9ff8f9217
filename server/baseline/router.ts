import * as z from "zod";
import { counterSchema, scannerIdSchema } from "#core/identity/identity.ts";
import { ITEM_CLASSES } from "#core/manifest/item.ts";
import { adoptBaseline, previewBaseline } from "#server/baseline/service.ts";
import { procedure, router } from "#server/trpc.ts";

const adoptInput = z.strictObject({
  scannerId: scannerIdSchema,
  name: z.string().trim().min(1).max(120),
  seenSeq: z.strictObject({ bootCounter: counterSchema, startCounter: counterSchema, seq: counterSchema }),
  items: z
    .array(z.strictObject({ id: z.string().min(1).max(200), class: z.enum(ITEM_CLASSES) }))
    .min(1)
    .max(2000),
  reason: z.string().trim().min(1).max(1000),
});

export const baselineRouter = router({
  preview: procedure("baseline.preview")
    .input(z.strictObject({ scannerId: scannerIdSchema }))
    .query(({ ctx, input }) => ctx.read((tx) => previewBaseline(tx, input.scannerId))),
  adopt: procedure("baseline.adopt")
    .input(adoptInput)
    .mutation(({ ctx, input }) => ctx.act((act) => adoptBaseline(act, input))),
});
