import type { Membership } from "#core/access/membership.ts";
import type { Tx } from "#server/act.ts";
import type { Visitor } from "#server/trpc.ts";
import { type Auth, SESSION_ABSOLUTE_MS } from "./auth.ts";
import { deleteSessionsMadeBefore, isDeactivated, membershipsOf } from "./store.ts";

/**
 * A page that refreshes by itself sends this header with every request nobody asked for: such a request shows what may be
 * shown, but does not keep a session alive that its owner has walked away from (B-11).
 */
export const BACKGROUND_HEADER = "fiducial-background";

export type Identified = {
  visitor: Visitor | null;
  memberships: readonly Membership[];
  /** Set-Cookie lines that carry the renewed expiry. */
  setCookies: readonly string[];
};

export type ReadVisitor = (headers: Headers, nowMs: number) => Promise<Identified>;

const NOBODY: Identified = { visitor: null, memberships: [], setCookies: [] };

type Look = <T>(look: (tx: Tx) => Promise<T>) => Promise<T>;

/** @param look one transaction as the server: who somebody is comes before what they may see. */
export function createReadVisitor(auth: Auth, look: Look): ReadVisitor {
  return async (headers, nowMs) => {
    const cookie = headers.get("cookie");
    if (cookie === null) return NOBODY;
    const { response, headers: answer } = await auth.api.getSession({
      headers: new Headers({ cookie }),
      query: { disableRefresh: headers.get(BACKGROUND_HEADER) !== null },
      returnHeaders: true,
    });
    if (response === null) return NOBODY;
    const { session, user } = response;
    if (nowMs - session.createdAt.getTime() >= SESSION_ABSOLUTE_MS) {
      await look((tx) => deleteSessionsMadeBefore(tx, nowMs - SESSION_ABSOLUTE_MS));
      return NOBODY;
    }
    const memberships = await look(async (tx) =>
      (await isDeactivated(tx, user.id)) ? null : await membershipsOf(tx, user.id),
    );
    if (memberships === null) return NOBODY;
    const visitor: Visitor = {
      userId: user.id,
      sessionId: session.id,
      name: user.name,
      email: user.email,
      twoFactorEnabled: user.twoFactorEnabled === true,
    };
    return { visitor, memberships, setCookies: answer.getSetCookie() };
  };
}
