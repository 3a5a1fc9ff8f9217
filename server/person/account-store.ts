import { hashPassword } from "better-auth/crypto";
import { v7 } from "uuid";
import type { MembershipScope } from "#core/access/membership.ts";
import type { Role } from "#core/access/role.ts";
import type { Tx } from "#server/act.ts";

/** People and their passwords, in better-auth's own tables and shape: provider `credential`, account id = user id. */
const CREDENTIAL = "credential";

export type NewPerson = { name: string; email: string; password: string };

export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

export async function createPerson(tx: Tx, person: NewPerson): Promise<string> {
  const id = v7();
  await tx.user.create({
    data: { id, name: person.name, email: normalEmail(person.email), emailVerified: true },
  });
  await setPassword(tx, id, person.password);
  return id;
}

/** Replaces the password, or gives one to a person who had only passkeys. */
export async function setPassword(tx: Tx, userId: string, password: string): Promise<void> {
  const hash = await hashPassword(password);
  const changed = await tx.account.updateMany({
    where: { userId, providerId: CREDENTIAL },
    data: { password: hash },
  });
  if (changed.count > 0) return;
  await tx.account.create({
    data: { id: v7(), accountId: userId, providerId: CREDENTIAL, userId, password: hash },
  });
}

/** A person who lost the second factor starts again with the password alone. */
export async function removeSecondFactors(tx: Tx, userId: string): Promise<void> {
  await tx.twoFactor.deleteMany({ where: { userId } });
  await tx.passkey.deleteMany({ where: { userId } });
  await tx.user.update({ where: { id: userId }, data: { twoFactorEnabled: false } });
}

export async function addMembership(
  tx: Tx,
  member: { userId: string; role: Role; scope: MembershipScope; createdBy: string },
): Promise<void> {
  const { scope } = member;
  await tx.membership.create({
    data: {
      id: v7(),
      userId: member.userId,
      role: member.role,
      scopeKind: scope.kind,
      organisationId: scope.organisationId,
      regionId: scope.kind === "organisation" ? null : scope.regionId,
      siteId: scope.kind === "site" ? scope.siteId : null,
      createdBy: member.createdBy,
    },
  });
}

export async function personByEmail(tx: Tx, email: string) {
  return tx.user.findUnique({ where: { email: normalEmail(email) } });
}

export async function personById(tx: Tx, userId: string) {
  return tx.user.findUnique({ where: { id: userId } });
}
