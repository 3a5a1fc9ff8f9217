"use client";
import { passkeyClient } from "@better-auth/passkey/client";
import { twoFactorClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";

/** Signing in and out, second factor and passkeys; everything else about a person goes through the router. */
export const auth = createAuthClient({ plugins: [twoFactorClient(), passkeyClient()] });
