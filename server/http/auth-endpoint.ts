import { toNodeHandler } from "better-auth/node";
import { isDatabaseAway } from "#server/database/scoped.ts";
import type { Log } from "#server/log.ts";
import { Refusal } from "#server/refusal.ts";
import { ADDRESS_HEADER, type Auth } from "#server/session/auth.ts";
import { OPEN_SIGN_IN_PATH } from "#server/session/open-sign-in.ts";
import type { Exchange } from "./exchange.ts";
import { foreignOrigin } from "./guard.ts";
import { sendRefusal } from "./respond.ts";

const BASE = "/api/auth";
const BODY_BYTES = 16 * 1024;

/** What people use of better-auth; its other endpoints (sign-up, mail, social, account merging) do not exist here. */
const ENDPOINTS: Readonly<Record<string, "GET" | "POST">> = {
  "/get-session": "GET",
  "/sign-in/email": "POST",
  "/sign-out": "POST",
  "/change-password": "POST",
  "/list-sessions": "GET",
  "/revoke-session": "POST",
  "/revoke-sessions": "POST",
  "/revoke-other-sessions": "POST",
  "/two-factor/enable": "POST",
  "/two-factor/disable": "POST",
  "/two-factor/get-totp-uri": "POST",
  "/two-factor/verify-totp": "POST",
  "/two-factor/generate-backup-codes": "POST",
  "/two-factor/verify-backup-code": "POST",
  "/passkey/generate-register-options": "GET",
  "/passkey/verify-registration": "POST",
  "/passkey/generate-authenticate-options": "GET",
  "/passkey/verify-authentication": "POST",
  "/passkey/list-user-passkeys": "GET",
  "/passkey/update-passkey": "POST",
  "/passkey/delete-passkey": "POST",
};

export type AuthPorts = {
  auth: Auth;
  origins: readonly string[];
  /** Sessions over a limit are gone before better-auth looks for one (B-11). */
  endStaleSessions: () => Promise<void>;
  log: Log;
  /** The endpoint that asks for no proof exists only where the installation says so. */
  signInOpen: boolean;
};

export function createAuthEndpoint(ports: AuthPorts): (exchange: Exchange) => Promise<void> {
  const handle = toNodeHandler(ports.auth);
  return async (exchange) => {
    const { request, response, path, address } = exchange;
    const refused = refusal(ports, exchange);
    if (refused !== null) return sendRefusal(response, refused);
    request.headers[ADDRESS_HEADER] = address;
    response.setHeader("cache-control", "no-store");
    try {
      if (request.headers.cookie !== undefined) await ports.endStaleSessions();
      await handle(request, response);
    } catch (error) {
      ports.log.error("auth.failed", { requestId: exchange.requestId, path, error });
      if (isDatabaseAway(error)) return sendRefusal(response, new Refusal("database-away", {}, error));
      throw error;
    }
  };
}

function methodOf(endpoint: string, signInOpen: boolean): "GET" | "POST" | undefined {
  if (endpoint === OPEN_SIGN_IN_PATH) return signInOpen ? "POST" : undefined;
  return Object.hasOwn(ENDPOINTS, endpoint) ? ENDPOINTS[endpoint] : undefined;
}

function refusal({ origins, signInOpen }: AuthPorts, { request, path }: Exchange): Refusal | null {
  const method = methodOf(path.slice(BASE.length), signInOpen);
  if (method === undefined) return new Refusal("not-found");
  if (method !== request.method) return new Refusal("wrong-request");
  if (foreignOrigin(request, origins)) return new Refusal("foreign-origin");
  const length = Number(request.headers["content-length"] ?? (method === "POST" ? Number.NaN : 0));
  // Chunked bodies have no length to check first, and no browser sends these so small forms that way.
  if (Number.isNaN(length)) return new Refusal("wrong-request");
  return length > BODY_BYTES ? new Refusal("too-large") : null;
}
