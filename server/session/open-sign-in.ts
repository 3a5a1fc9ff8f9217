import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import * as z from "zod";

/** Where a person says who they are, without proof: only on an installation that says so (server/env.ts, loopback only). */
export const OPEN_SIGN_IN_PATH = "/sign-in/open";

const body = z.strictObject({ userId: z.string().min(1).max(64) });

/** Makes the same session a password would make; the hooks that refuse the deactivated and write the audit log run as ever. */
export const openSignIn = () =>
  ({
    id: "open-sign-in",
    endpoints: {
      signInOpen: createAuthEndpoint(OPEN_SIGN_IN_PATH, { method: "POST", body }, async (ctx) => {
        const user = await ctx.context.internalAdapter.findUserById(ctx.body.userId);
        if (user === null) throw new APIError("NOT_FOUND", { message: "Nobody", code: "USER_NOT_FOUND" });
        const session = await ctx.context.internalAdapter.createSession(user.id);
        await setSessionCookie(ctx, { session, user });
        return ctx.json({ userId: user.id });
      }),
    },
  }) satisfies BetterAuthPlugin;
