import * as z from "zod";
import { ROLES } from "#core/access/role.ts";
import { regionIdSchema, siteIdSchema } from "#core/identity/identity.ts";
import { procedure, router } from "#server/trpc.ts";
import { personFields } from "./account-service.ts";
import * as invitations from "./invitation-service.ts";
import * as people from "./service.ts";

/** Ids of people and invitations: better-auth's are random words, ours are UUIDs; both are looked up, never interpreted. */
const userId = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/)
  .brand<"UserId">();
const invitationId = z.uuid().brand<"InvitationId">();
const reason = z.string().trim().min(1).max(1000);
const token = z.string().min(20).max(200);

const scope = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("organisation") }),
  z.strictObject({ kind: z.literal("region"), regionId: regionIdSchema }),
  z.strictObject({ kind: z.literal("site"), siteId: siteIdSchema }),
]);

export const personRouter = router({
  list: procedure("person.list").query(({ ctx }) =>
    ctx.read((tx) => people.listPeople(tx, ctx.memberships, ctx.nowMs)),
  ),
  invite: procedure("person.invite")
    .input(z.strictObject({ email: personFields.email, role: z.enum(ROLES), scope }))
    .mutation(({ ctx, input }) => ctx.act((act) => people.invite(act, ctx.memberships, input))),
  revokeInvitation: procedure("person.revokeInvitation")
    .input(z.strictObject({ invitationId }))
    .mutation(({ ctx, input }) =>
      ctx.act((act) => people.revokeInvitation(act, ctx.memberships, input.invitationId)),
    ),
  deactivate: procedure("person.deactivate")
    .input(z.strictObject({ userId, reason }))
    .mutation(({ ctx, input }) => ctx.act((act) => people.deactivatePerson(act, ctx.memberships, input))),
  resetLink: procedure("person.resetLink")
    .input(z.strictObject({ userId }))
    .mutation(({ ctx, input }) => ctx.act((act) => people.resetLink(act, ctx.memberships, input.userId))),
});

export const invitationRouter = router({
  inspect: procedure("invitation.inspect")
    .input(z.strictObject({ token }))
    .query(({ ctx, input }) => ctx.read((tx) => invitations.inspect(tx, input.token, ctx.nowMs))),
  accept: procedure("invitation.accept")
    .input(z.strictObject({ token, name: personFields.name, password: personFields.password }))
    .mutation(({ ctx, input }) => ctx.act((act) => invitations.accept(act, input))),
  resetPassword: procedure("invitation.resetPassword")
    .input(z.strictObject({ token, password: personFields.password }))
    .mutation(({ ctx, input }) => ctx.act((act) => invitations.resetPassword(act, input))),
});
