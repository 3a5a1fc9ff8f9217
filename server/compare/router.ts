import * as z from "zod";
import { epochMsSchema, scannerIdSchema } from "#core/identity/identity.ts";
import { compareSides } from "#server/compare/service.ts";
import { procedure, router } from "#server/trpc.ts";

const side = z.strictObject({ scannerId: scannerIdSchema, atMs: epochMsSchema.nullable().default(null) });

export const compareRouter = router({
  sides: procedure("compare.sides")
    .input(z.strictObject({ a: side, b: side }))
    .query(({ ctx, input }) => ctx.read((tx) => compareSides(tx, input, ctx.nowMs))),
});
