/** Why the server cannot start. Each is one sentence for the person at the terminal; nobody needs a stack trace for these. */
export type StartErrorCode =
  | "wrong-setting"
  | "plain-http"
  | "open-sign-in"
  | "data-folder"
  | "no-postgres"
  | "postgres-failed"
  | "database-away"
  | "database-rights"
  | "database-newer"
  | "migration-edited"
  | "migration-failed"
  | "port-taken"
  | "pages-missing";

/** `message` is the sentence; the edge prints it without a stack and exits 1. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
