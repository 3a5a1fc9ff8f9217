import type { Params, Word } from "./ui/words.ts";

/** What better-auth answers when it refuses; its codes are its own, not the catalogue's. */
export type AuthError = { code?: string | undefined; message?: string | undefined; status: number };

const WORDS: Readonly<Record<string, Word>> = {
  INVALID_EMAIL_OR_PASSWORD: "signIn.wrong",
  INVALID_CODE: "signIn.wrongCode",
  INVALID_BACKUP_CODE: "signIn.wrongCode",
  INVALID_TWO_FACTOR_COOKIE: "signIn.wrongCode",
  INVALID_PASSWORD: "settings.wrongPassword",
  AUTH_CANCELLED: "signIn.passkeyFailed",
  PASSKEY_NOT_FOUND: "signIn.passkeyFailed",
  ACCOUNT_DEACTIVATED: "signIn.deactivated",
};

/** The sentence for a failed sign-in: never which half of it was wrong. */
export function authProblem(error: AuthError): { word: Word; params: Params } {
  if (error.status === 429) return { word: "signIn.tooMany", params: { wait: error.message ?? "" } };
  const word = error.code === undefined ? undefined : WORDS[error.code];
  if (word !== undefined) return { word, params: {} };
  return { word: "signIn.failed", params: { message: error.message ?? `HTTP ${error.status}` } };
}

/** Turns better-auth's `{data, error}` into a value or a thrown error that a mutation can hold. */
export class AuthRefusal extends Error {
  override readonly name = "AuthRefusal";
  readonly refusal: AuthError;

  constructor(refusal: AuthError) {
    super(refusal.message ?? refusal.code ?? `HTTP ${refusal.status}`);
    this.refusal = refusal;
  }
}

export function unwrap<T>(answer: { data: T; error: AuthError | null }): NonNullable<T> {
  if (answer.error !== null) throw new AuthRefusal(answer.error);
  if (answer.data === null || answer.data === undefined)
    throw new AuthRefusal({ status: 500, message: "no answer" });
  return answer.data;
}
