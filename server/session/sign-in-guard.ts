import { APIError } from "better-auth/api";
import * as z from "zod";
import { AttemptLimit } from "./attempt-limit.ts";

/**
 * Guessing is bounded three ways: per account, per address and over all accounts together (B-01). Only passwords and codes are
 * counted: a passkey cannot be guessed, so a person whose account is under attack still gets in.
 */
const QUARTER_HOUR_MS = 15 * 60_000;
const PER_ACCOUNT = { max: 10, windowMs: QUARTER_HOUR_MS };
const PER_ADDRESS = { max: 100, windowMs: QUARTER_HOUR_MS };
const OVER_ALL = { max: 2_000, windowMs: QUARTER_HOUR_MS };

/** A time-based code is good for one window of 30 s on either side; within it, once (B-09, RFC 6238 §5.2). */
const PER_CODE = { max: 1, windowMs: 2 * 60_000 };

const GUESSED = ["/sign-in/email", "/two-factor/verify-totp", "/two-factor/verify-backup-code"];
const withEmail = z.object({ email: z.string().max(320) });

const accountKey = (email: string) => email.trim().toLowerCase();

export type SignInGuard = {
  /** Counts a try. Returns 0 when it may go on, else seconds to wait. */
  beforeSignIn: (path: string, body: unknown, address: string) => number;
  afterSignIn: (email: string) => void;
  /** False when this person already used this code. */
  spendCode: (userId: string, code: string) => boolean;
  /** Answers to the byte like a wrong password, so that nobody learns who has left (throws better-auth's own error). */
  refuseDeactivated: (userId: string) => Promise<void>;
};

export function createSignInGuard(
  isDeactivated: (userId: string) => Promise<boolean>,
  now: () => number,
): SignInGuard {
  const accounts = new AttemptLimit(PER_ACCOUNT);
  const addresses = new AttemptLimit(PER_ADDRESS);
  const all = new AttemptLimit(OVER_ALL);
  const codes = new AttemptLimit(PER_CODE);
  return {
    beforeSignIn: (path, body, address) => {
      if (!GUESSED.includes(path)) return 0;
      const parsed = withEmail.safeParse(body);
      const waits = [addresses.take(address, now()), all.take("all", now())];
      if (parsed.success) waits.push(accounts.take(accountKey(parsed.data.email), now()));
      return Math.max(...waits);
    },
    afterSignIn: (email) => accounts.forget(accountKey(email)),
    spendCode: (userId, code) => codes.take(`${userId} ${code}`, now()) === 0,
    refuseDeactivated: async (userId) => {
      if (!(await isDeactivated(userId))) return;
      throw new APIError("UNAUTHORIZED", {
        message: "Invalid email or password",
        code: "INVALID_EMAIL_OR_PASSWORD",
      });
    },
  };
}
