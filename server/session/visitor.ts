import type { Membership } from "#core/access/membership.ts";
import { BACKGROUND_HEADER } from "#core/protocol/background.ts";
import type { Tx } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import type { Visitor } from "#server/trpc.ts";
import { type Auth, SESSION_ABSOLUTE_MS, SESSION_IDLE_MS } from "./auth.ts";
import { deleteStaleSessions, isDeactivated, membershipsOf, noteUse } from "./store.ts";

type Identified = { visitor: Visitor | null; memberships: readonly Membership[] };

export type ReadVisitor = (headers: Headers, nowMs: number) => Promise<Identified>;
type Look = <T>(look: (tx: Tx) => Promise<T>) => Promise<T>;

const NOBODY: Identified = { visitor: null, memberships: [] };

/** @param look one transaction as the server: who somebody is comes before what they may see. */
export function createReadVisitor(auth: Auth, look: Look): ReadVisitor {
  return async (headers, nowMs) => {
    const cookie = headers.get("cookie");
    if (cookie === null) return NOBODY;
    const found = await readSession(auth, cookie);
    if (found === null) return NOBODY;
    const { session, user } = found;
    if (isStale(session, nowMs)) {
      await endStaleSessions(look, nowMs);
      return NOBODY;
    }
    const used = headers.get(BACKGROUND_HEADER) === null && isDueForNote(session, nowMs);
    const memberships = await look(async (tx) => {
      if (await isDeactivated(tx, user.id)) return null;
      if (used) await noteUse(tx, session.id, nowMs);
      return membershipsOf(tx, user.id);
    });
    return memberships === null ? NOBODY : { visitor: visitorOf(session.id, user), memberships };
  };
}

/** Deletes every session over one of the limits, so that better-auth's own endpoints cannot find it either. */
export function endStaleSessions(look: Look, nowMs: number): Promise<void> {
  return look((tx) => deleteStaleSessions(tx, nowMs - SESSION_IDLE_MS, nowMs - SESSION_ABSOLUTE_MS));
}

type SessionTimes = { createdAt: Date; updatedAt: Date };
/** A session's last use is noted at most once in this time. */
const NOTE_AFTER_MS = 60_000;

function isStale({ createdAt, updatedAt }: SessionTimes, nowMs: number): boolean {
  return nowMs - updatedAt.getTime() >= SESSION_IDLE_MS || nowMs - createdAt.getTime() >= SESSION_ABSOLUTE_MS;
}

function isDueForNote({ updatedAt }: SessionTimes, nowMs: number): boolean {
  return nowMs - updatedAt.getTime() >= NOTE_AFTER_MS;
}

async function readSession(auth: Auth, cookie: string) {
  try {
    return await auth.api.getSession({ headers: new Headers({ cookie }) });
  } catch (error) {
    // All this needs is the cookie and the database, and a wrong cookie is nobody, not an error.
    throw new Refusal("database-away", {}, error);
  }
}

type SignedIn = { id: string; name: string; email: string; twoFactorEnabled?: boolean | null | undefined };

function visitorOf(sessionId: string, user: SignedIn): Visitor {
  const { id: userId, name, email } = user;
  return { userId, sessionId, name, email, twoFactorEnabled: user.twoFactorEnabled === true };
}
