/** Why the agent or the command line cannot go on; each code is an exit status of `fiducial` (cli/exit.ts). */
export type LinkErrorCode =
  | "bad-config"
  | "not-enrolled"
  | "already-enrolled"
  | "already-running"
  | "state-denied"
  | "state-damaged"
  | "state-unwritable"
  | "refused"
  | "unreachable"
  | "fingerprint-missing"
  | "fingerprint-mismatch";

/** Thrown at the agent's edges only. The message is for the person in front of the machine: what is wrong, and what to do. */
export class LinkError extends Error {
  readonly code: LinkErrorCode;

  constructor(code: LinkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LinkError";
    this.code = code;
  }
}
