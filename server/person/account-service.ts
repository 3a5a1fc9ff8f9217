import * as z from "zod";
import type { MembershipScope } from "#core/access/membership.ts";
import type { Role } from "#core/access/role.ts";
import type { Tx } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "#server/session/auth.ts";
import { unlessTaken } from "#server/taken.ts";
import * as store from "./account-store.ts";

/** What a person says about themselves when they come into being. */
export const personFields = {
  name: z.string().trim().min(1).max(200),
  email: z.email().max(254),
  password: z.string().max(1024),
};

/** @throws Refusal: a length is explained in a sentence, so it is not left to the schema's `wrong-input`. */
export function checkPassword(password: string): void {
  if (password.length < PASSWORD_MIN) throw new Refusal("password-too-short", { min: PASSWORD_MIN });
  if (password.length > PASSWORD_MAX) throw new Refusal("password-too-long", { max: PASSWORD_MAX });
}

/** @returns the new person's id @throws Refusal `email-taken` */
export async function createMember(
  tx: Tx,
  person: store.NewPerson,
  membership: { role: Role; scope: MembershipScope; createdBy: string | null },
): Promise<string> {
  checkPassword(person.password);
  if ((await store.personByEmail(tx, person.email)) !== null) throw new Refusal("email-taken");
  const userId = await unlessTaken(store.createPerson(tx, person), new Refusal("email-taken"));
  const { role, scope } = membership;
  await store.addMembership(tx, { userId, role, scope, createdBy: membership.createdBy ?? userId });
  return userId;
}
