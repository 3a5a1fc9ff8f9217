import { type Membership, type MembershipScope, placeOf } from "#core/access/membership.ts";
import { may } from "#core/access/permission.ts";
import { fitsScope, type Role } from "#core/access/role.ts";
import type { RegionId, SiteId } from "#core/identity/identity.ts";
import type { Act, Tx } from "#server/act.ts";
import { makeToken } from "#server/one-time-token.ts";
import { Refusal } from "#server/refusal.ts";
import { endSessionsOf, membershipFrom, namedMemberships } from "#server/session/service.ts";
import * as accounts from "./account-store.ts";
import * as store from "./store.ts";
import type { People, Person } from "./view.ts";

const INVITATION_MS = 7 * 24 * 60 * 60_000;
const RESET_LINK_MS = 60 * 60_000;

type Mine = readonly Membership[];
type ManagingProcedure =
  | "person.list"
  | "person.invite"
  | "person.revokeInvitation"
  | "person.deactivate"
  | "person.resetLink";

export async function listPeople(tx: Tx, mine: Mine, nowMs: number): Promise<People> {
  const rows = await store.everybody(tx);
  const people: Person[] = [];
  for (const row of rows) {
    const all = row.memberships.map(membershipFrom).filter((one) => one !== null);
    const inside = all.filter(({ scope }) => may(mine, "person.list", placeOf(scope)));
    if (inside.length === 0 && !(all.length === 0 && (await mayEverywhere(tx, mine, "person.list"))))
      continue;
    people.push({
      userId: row.id,
      name: row.name,
      email: row.email,
      deactivatedAtMs: row.deactivatedAt?.getTime() ?? null,
      memberships: await namedMemberships(tx, inside),
      lastSeenMs: latest(row.sessions.map(({ updatedAt }) => updatedAt.getTime())),
    });
  }
  return { people, invitations: await listInvitations(tx, mine, nowMs) };
}

async function listInvitations(tx: Tx, mine: Mine, nowMs: number): Promise<People["invitations"]> {
  const invitations: People["invitations"] = [];
  for (const row of await store.openInvitations(tx, nowMs)) {
    const membership = membershipFrom(row);
    if (membership === null || !may(mine, "person.list", placeOf(membership.scope))) continue;
    const [named] = await namedMemberships(tx, [membership]);
    invitations.push({
      id: row.id,
      email: row.email,
      role: membership.role,
      scopeName: named?.scope.name ?? "",
      createdAtMs: row.createdAt.getTime(),
      expiresAtMs: row.expiresAt.getTime(),
    });
  }
  return invitations;
}

const latest = (times: readonly number[]) => (times.length === 0 ? null : Math.max(...times));

async function mayEverywhere(tx: Tx, mine: Mine, procedure: ManagingProcedure): Promise<boolean> {
  return may(mine, procedure, placeOf(await store.organisationScope(tx)));
}

export type AskedScope =
  | { kind: "organisation" }
  | { kind: "region"; regionId: RegionId }
  | { kind: "site"; siteId: SiteId };

/** @returns the path of the invitation page with its one-time token, which nothing shows again */
export async function invite(
  act: Act,
  mine: Mine,
  ask: { email: string; role: Role; scope: AskedScope },
): Promise<{ invitationId: string; link: string }> {
  const scope = await resolveScope(act.tx, ask.scope);
  if (!may(mine, "person.invite", placeOf(scope))) throw new Refusal("scope-outside-yours");
  if (!fitsScope(ask.role, scope.kind)) throw new Refusal("scope-does-not-fit-role", { role: ask.role });
  const email = accounts.normalEmail(ask.email);
  if ((await accounts.personByEmail(act.tx, email)) !== null) throw new Refusal("email-taken");
  if ((await store.openInvitationFor(act.tx, email, act.nowMs)) !== null)
    throw new Refusal("already-invited");
  const { token, hash } = makeToken();
  const { actor: createdBy, nowMs } = act;
  const expiresAtMs = nowMs + INVITATION_MS;
  const created = { email, role: ask.role, scope, tokenHash: hash, createdBy, expiresAtMs };
  const invitationId = await store.createInvitation(act.tx, created);
  await act.audit({
    ...chainOf(scope),
    action: "person.invited",
    body: { invitationId, role: ask.role, scope },
  });
  act.listChanged("people", null);
  return { invitationId, link: `/invitation/${token}` };
}

async function resolveScope(tx: Tx, ask: AskedScope): Promise<MembershipScope> {
  const scope =
    ask.kind === "site"
      ? await store.siteScope(tx, ask.siteId)
      : ask.kind === "region"
        ? await store.regionScope(tx, ask.regionId)
        : await store.organisationScope(tx);
  if (scope === null) throw new Refusal("not-found");
  return scope;
}

const chainOf = (scope: MembershipScope) => ({ siteId: scope.kind === "site" ? scope.siteId : null });

export async function revokeInvitation(
  act: Act,
  mine: Mine,
  invitationId: string,
): Promise<Record<string, never>> {
  const row = await store.invitationById(act.tx, invitationId);
  const membership = row === null ? null : membershipFrom(row);
  if (membership === null || !may(mine, "person.revokeInvitation", placeOf(membership.scope)))
    throw new Refusal("not-found");
  const closed = await store.closeInvitation(act.tx, invitationId, "revokedAt", act.nowMs);
  if (!closed) throw new Refusal("invitation-not-open");
  await act.audit({
    ...chainOf(membership.scope),
    action: "person.invitation-revoked",
    body: { invitationId },
  });
  act.listChanged("people", null);
  return {};
}

/** Ends every session at once; open sockets follow within seconds (B-08). People are deactivated, never deleted. */
export async function deactivatePerson(
  act: Act,
  mine: Mine,
  ask: { userId: string; reason: string },
): Promise<Record<string, never>> {
  await requireWholePerson(act.tx, mine, ask.userId, "person.deactivate");
  if (ask.userId === act.actor) throw new Refusal("own-account");
  if (!(await store.deactivate(act.tx, ask.userId, act.nowMs))) throw new Refusal("already-deactivated");
  await endSessionsOf(act.tx, ask.userId);
  await store.deleteResetLinks(act.tx, ask.userId);
  await act.audit({ siteId: null, action: "person.deactivated", body: ask });
  act.listChanged("people", null);
  return {};
}

/** A copyable link for a person who lost the password or the second factor, without mail. */
export async function resetLink(act: Act, mine: Mine, userId: string): Promise<{ link: string }> {
  await requireWholePerson(act.tx, mine, userId, "person.resetLink");
  const person = await accounts.personById(act.tx, userId);
  if (person === null) throw new Refusal("not-found");
  if (person.deactivatedAt !== null) throw new Refusal("already-deactivated");
  const { token, hash } = makeToken();
  await store.replaceResetLink(act.tx, { userId, hash, expiresAtMs: act.nowMs + RESET_LINK_MS });
  await act.audit({ siteId: null, action: "person.reset-link-made", body: { userId } });
  return { link: `/reset/${token}` };
}

/**
 * Whoever takes over or ends an account acts on all its roles, so all of them must lie inside one's own scope: an administrator
 * of one site would otherwise become the organisation's by resetting its administrator's password (P-09).
 */
async function requireWholePerson(
  tx: Tx,
  mine: Mine,
  userId: string,
  procedure: ManagingProcedure,
): Promise<void> {
  if ((await accounts.personById(tx, userId)) === null) throw new Refusal("not-found");
  const memberships = (await store.membershipRowsOf(tx, userId))
    .map(membershipFrom)
    .filter((one) => one !== null);
  const scopes =
    memberships.length > 0 ? memberships.map(({ scope }) => scope) : [await store.organisationScope(tx)];
  const inside = scopes.filter((scope) => may(mine, procedure, placeOf(scope)));
  if (inside.length === 0) throw new Refusal("not-found");
  if (inside.length < scopes.length) throw new Refusal("person-outside-scope");
}
