import type { Act, Tx } from "#server/act.ts";
import { hashToken } from "#server/one-time-token.ts";
import { Refusal } from "#server/refusal.ts";
import {
  endSessionsOf,
  membershipFrom,
  namedMemberships,
  organisationNameOf,
} from "#server/session/service.ts";
import { checkPassword, createMember } from "./account-service.ts";
import * as accounts from "./account-store.ts";
import * as store from "./store.ts";
import type { InvitationView } from "./view.ts";

/** What the holders of one-time links do: the token is their whole right, so it is looked at before anything else. */
export async function inspect(tx: Tx, token: string, nowMs: number): Promise<InvitationView> {
  const { row, membership } = await openInvitation(tx, token, nowMs);
  const [named] = await namedMemberships(tx, [membership]);
  return {
    email: row.email,
    role: membership.role,
    scopeName: named?.scope.name ?? "",
    organisationName: await organisationNameOf(tx),
  };
}

async function openInvitation(tx: Tx, token: string, nowMs: number) {
  const row = await store.invitationByHash(tx, hashToken(token));
  const membership = row === null ? null : membershipFrom(row);
  if (row === null || membership === null) throw new Refusal("link-unknown");
  if (row.acceptedAt !== null) throw new Refusal("link-used");
  if (row.revokedAt !== null) throw new Refusal("link-revoked");
  if (row.expiresAt.getTime() <= nowMs) throw new Refusal("link-expired");
  return { row, membership };
}

export async function accept(
  act: Act,
  ask: { token: string; name: string; password: string },
): Promise<{ email: string }> {
  const { row, membership } = await openInvitation(act.tx, ask.token, act.nowMs);
  checkPassword(ask.password);
  if (!(await store.closeInvitation(act.tx, row.id, "acceptedAt", act.nowMs))) throw new Refusal("link-used");
  const { name, password } = ask;
  const person = { name, password, email: row.email };
  const userId = await createMember(act.tx, person, { ...membership, createdBy: row.createdBy });
  const siteId = membership.scope.kind === "site" ? membership.scope.siteId : null;
  await act.audit({
    siteId,
    actor: userId,
    action: "person.invitation-accepted",
    body: { invitationId: row.id, userId, role: membership.role },
  });
  act.listChanged("people", null);
  return { email: row.email };
}

/** Sets a new password and takes the second factor and passkeys away, since the person may have lost those; ends every session. */
export async function resetPassword(
  act: Act,
  ask: { token: string; password: string },
): Promise<{ email: string }> {
  const link = await store.resetLinkByHash(act.tx, hashToken(ask.token));
  if (link === null) throw new Refusal("link-unknown");
  if (link.expiresAt.getTime() <= act.nowMs) throw new Refusal("link-expired");
  checkPassword(ask.password);
  if (!(await store.spendResetLink(act.tx, link.id))) throw new Refusal("link-used");
  const person = await accounts.personById(act.tx, link.value);
  if (person === null || person.deactivatedAt !== null) throw new Refusal("link-unknown");
  await accounts.setPassword(act.tx, person.id, ask.password);
  await accounts.removeSecondFactors(act.tx, person.id);
  await endSessionsOf(act.tx, person.id);
  await act.audit({
    siteId: null,
    actor: person.id,
    action: "person.password-reset",
    body: { userId: person.id, secondFactorsRemoved: true },
  });
  return { email: person.email };
}
