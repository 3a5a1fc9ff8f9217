import { passkey } from "@better-auth/passkey";
import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { twoFactor } from "better-auth/plugins";
import { openSignIn } from "./open-sign-in.ts";
import type { SecurityEvents } from "./security-events.ts";
import type { SignInGuard } from "./sign-in-guard.ts";

/**
 * People sign in with a password (and a second factor where they set one up) or with a passkey. Nobody signs up: a person comes
 * into being by the first-run page or by an invitation, both of which are ours (server/setup, server/person).
 */
/** Both limits are counted from the row of the session (server/session/visitor.ts); the cookie lives as long as it possibly could (B-11). */
export const SESSION_IDLE_MS = 30 * 60_000;
export const SESSION_ABSOLUTE_MS = 12 * 60 * 60_000;
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;

/** Set by our own listener from the socket, after everything a client could have sent under that name is dropped (B-02). */
export const ADDRESS_HEADER = "fiducial-address";

export type AuthSettings = {
  /** Prisma client of the role `fid_app`. */
  prisma: Parameters<typeof prismaAdapter>[0];
  /** Signs cookies and encrypts second-factor secrets. */
  secret: string;
  /** Where browsers find this server; the first one names passkeys. */
  origins: readonly [string, ...string[]];
  guard: SignInGuard;
  events: SecurityEvents;
  /** People say who they are and are believed; see server/env.ts. */
  signInOpen: boolean;
};

/** Passkeys belong to a host name. Browsers take `localhost` and refuse bare addresses (WebAuthn level 3, §5.1.3). */
function relyingParty(origins: readonly string[]): string {
  const hosts = origins.map((origin) => new URL(origin).hostname);
  return hosts.find((host) => /[a-z]/i.test(host) && !host.includes(":")) ?? "localhost";
}

export function createAuth(settings: AuthSettings) {
  const { guard, origins } = settings;
  const secure = origins[0].startsWith("https:");
  return betterAuth({
    appName: "Fiducial",
    baseURL: origins[0],
    basePath: "/api/auth",
    secret: settings.secret,
    trustedOrigins: [...origins],
    telemetry: { enabled: false },
    logger: { disabled: true },
    // What is no answer of its own (a lost database) is thrown to our endpoint, which logs it as one line and answers 503 or 500.
    onAPIError: { throw: true },
    database: prismaAdapter(settings.prisma, { provider: "postgresql" }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
      revokeSessionsOnPasswordReset: true,
    },
    user: { additionalFields: { deactivatedAt: { type: "date", required: false, input: false } } },
    session: {
      expiresIn: SESSION_ABSOLUTE_MS / 1000,
      disableSessionRefresh: true,
      // How old a session may be for what changes the way a person signs in (a new passkey, a removed second factor).
      freshAge: 15 * 60,
    },
    // The guard counts per account, per address and over all; better-auth's own three tries in ten seconds would lock a ward out.
    rateLimit: { enabled: false },
    advanced: {
      // `__Host-` needs Secure, Path=/ and no Domain, so no sibling host can plant or read it (B-06).
      cookiePrefix: secure ? "__Host-fiducial" : "fiducial",
      useSecureCookies: false,
      defaultCookieAttributes: { secure, sameSite: "lax", httpOnly: true, path: "/" },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER], ipv6Subnet: 64 },
    },
    plugins: [
      twoFactor({ issuer: "Fiducial", trustDeviceMaxAge: 0 }),
      passkey({ rpID: relyingParty(origins), rpName: "Fiducial", origin: [...origins] }),
      ...(settings.signInOpen ? [openSignIn()] : []),
    ],
    databaseHooks: { session: { create: { before: (session) => startSession(guard, session) } } },
    hooks: signInHooks(settings),
  });
}

/** Whatever was asked for ("remember me"), a session is made with the one lifetime. */
async function startSession<T extends { userId: string }>(guard: SignInGuard, session: T) {
  await guard.refuseDeactivated(session.userId);
  return { data: { ...session, expiresAt: new Date(Date.now() + SESSION_ABSOLUTE_MS) } };
}

/** Counts guesses before a sign-in, and writes down what happened to an account after it did. */
function signInHooks({ guard, events }: AuthSettings) {
  return {
    before: createAuthMiddleware(async (ctx) => {
      const waitS = guard.beforeSignIn(ctx.path, ctx.body, ctx.headers?.get(ADDRESS_HEADER) ?? "unknown");
      if (waitS === 0) return;
      throw new APIError("TOO_MANY_REQUESTS", { code: "TOO_MANY_REQUESTS", message: `Wait ${waitS} s.` });
    }),
    after: createAuthMiddleware(async (ctx) => {
      if (ctx.context.returned instanceof APIError) return;
      const fresh = ctx.context.newSession;
      const userId = fresh?.user.id ?? ctx.context.session?.user.id;
      if (userId === undefined) return;
      if (ctx.path === "/two-factor/verify-totp" && !guard.spendCode(userId, String(ctx.body?.code))) {
        if (fresh !== null) await ctx.context.internalAdapter.deleteSession(fresh.session.token);
        throw new APIError("UNAUTHORIZED", { code: "INVALID_CODE", message: "Invalid code" });
      }
      if (fresh !== null) guard.afterSignIn(fresh.user.email);
      await events.record(ctx.path, userId);
    }),
  };
}

export type Auth = ReturnType<typeof createAuth>;
