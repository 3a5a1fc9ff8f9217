/** What happens to an account outside tRPC and must stand in the audit log: path of better-auth → action. */
const ACTIONS: Readonly<Record<string, string>> = {
  "/sign-in/email": "session.password-accepted",
  "/sign-in/open": "session.signed-in-without-proof",
  "/two-factor/verify-totp": "session.second-factor-passed",
  "/two-factor/verify-backup-code": "session.backup-code-used",
  "/passkey/verify-authentication": "session.signed-in-with-passkey",
  "/sign-out": "session.signed-out",
  "/change-password": "session.password-changed",
  "/two-factor/enable": "session.second-factor-prepared",
  "/two-factor/disable": "session.second-factor-removed",
  "/two-factor/generate-backup-codes": "session.backup-codes-made",
  "/passkey/verify-registration": "session.passkey-added",
  "/passkey/delete-passkey": "session.passkey-removed",
  "/revoke-session": "session.revoked",
  "/revoke-sessions": "session.revoked-all",
  "/revoke-other-sessions": "session.revoked-others",
};

export type SecurityEvents = { record: (path: string, userId: string) => Promise<void> };

/** @param append one row in the organisation's chain, committed by itself; the request fails when it cannot be written. */
export function createSecurityEvents(
  append: (userId: string, action: string) => Promise<void>,
): SecurityEvents {
  return {
    record: async (path, userId) => {
      const action = Object.hasOwn(ACTIONS, path) ? ACTIONS[path] : undefined;
      if (action !== undefined) await append(userId, action);
    },
  };
}
