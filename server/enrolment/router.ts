import * as z from "zod";
import { scannerIdSchema, serialSchema, sha256HexSchema, siteIdSchema } from "#core/identity/identity.ts";
import { procedure, router } from "#server/trpc.ts";
import * as enrolment from "./service.ts";

const tokenId = z.uuid().brand<"TokenId">();
const label = z.string().trim().min(1).max(120);
const reason = z.string().trim().min(1).max(1000);

export const enrolmentRouter = router({
  createToken: procedure("enrolment.createToken")
    .input(
      z.strictObject({
        siteId: siteIdSchema,
        serial: serialSchema.optional(),
        alias: label.optional(),
        model: label.optional(),
        replacesScannerId: scannerIdSchema.optional(),
      }),
    )
    .mutation(({ ctx, input }) => ctx.act((act) => enrolment.createToken(act, ctx.server, input))),
  list: procedure("enrolment.list").query(({ ctx }) =>
    ctx.read((tx) => enrolment.listEnrolments(tx, ctx.nowMs)),
  ),
  revokeToken: procedure("enrolment.revokeToken")
    .input(z.strictObject({ tokenId }))
    .mutation(({ ctx, input }) => ctx.act((act) => enrolment.revokeToken(act, input.tokenId))),
  approve: procedure("enrolment.approve")
    .input(z.strictObject({ scannerId: scannerIdSchema, keyFingerprint: z.string().min(1).max(200) }))
    .mutation(({ ctx, input }) => ctx.act((act) => enrolment.approve(act, input))),
  refuse: procedure("enrolment.refuse")
    .input(z.strictObject({ scannerId: scannerIdSchema, reason }))
    .mutation(({ ctx, input }) => ctx.act((act) => enrolment.refuse(act, input))),
  release: procedure("enrolment.release")
    .input(z.strictObject({ scannerId: scannerIdSchema, reason, acceptHardware: sha256HexSchema.optional() }))
    .mutation(({ ctx, input }) => ctx.act((act) => enrolment.release(act, input))),
});
