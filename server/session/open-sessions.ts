import type { PrismaClient } from "#prisma/generated/client.ts";
import type { AuditRow, Tx } from "#server/act.ts";
import type { Transaction } from "#server/reach.ts";
import { type Auth, createAuth } from "./auth.ts";
import { createSecurityEvents } from "./security-events.ts";
import { createSignInGuard } from "./sign-in-guard.ts";
import { isDeactivated } from "./store.ts";
import { createReadVisitor, endStaleSessions, type ReadVisitor } from "./visitor.ts";

export type SessionPorts = {
  prisma: PrismaClient;
  transaction: Transaction;
  append: (tx: Tx, actor: string, rows: readonly AuditRow[]) => Promise<void>;
  secret: string;
  origins: readonly [string, ...string[]];
  clock: () => number;
  signInOpen: boolean;
};

export type Sessions = { auth: Auth; readVisitor: ReadVisitor; endStale: () => Promise<void> };

/** Signing in, who somebody is, and when a session ends. */
export function openSessions(ports: SessionPorts): Sessions {
  const { prisma, secret, origins, clock, append } = ports;
  const asServer = <T>(work: (tx: Tx) => Promise<T>) => ports.transaction({ kind: "server" }, work);
  const auth = createAuth({
    prisma,
    secret,
    origins,
    signInOpen: ports.signInOpen,
    guard: createSignInGuard((userId) => asServer((tx) => isDeactivated(tx, userId)), clock),
    events: createSecurityEvents((userId, action) =>
      asServer((tx) => append(tx, userId, [{ siteId: null, action, body: { userId } }])),
    ),
  });
  return {
    auth,
    readVisitor: createReadVisitor(auth, asServer),
    endStale: () => endStaleSessions(asServer, clock()),
  };
}
