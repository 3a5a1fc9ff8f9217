/** Why the activator cannot go on; `code` is for programs, the message for people. */
export class ActivateError extends Error {
  readonly code:
    | "bad-settings"
    | "state-damaged"
    | "busy"
    | "not-root"
    | "not-enrolled"
    | "refused"
    | "stopped";
  constructor(code: ActivateError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ActivateError";
    this.code = code;
  }
}
