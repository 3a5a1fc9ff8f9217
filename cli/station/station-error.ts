import { SealError } from "#agent/trust/seal.ts";
import { EXIT } from "../exit.ts";

/** Why the release station cannot go on; each code is an exit status of `fiducial`. */
const EXIT_OF_CODE = {
  /** What was asked for makes no sense as it stands. */
  usage: EXIT.usage,
  /** A file or a folder is not what it should be, or not there. */
  folder: EXIT.state,
  /** Signatures, passphrases, content: somebody has to look before this goes on. */
  refused: EXIT.refused,
  /** A program or a server that is needed did not do its part. */
  unreachable: EXIT.unreachable,
  /** Too few signatures: nothing is wrong, something is missing. */
  incomplete: EXIT.problem,
} as const;

/** Thrown at the station's edges. The message is for the person in front of it: what is wrong, and what to do. */
export class StationError extends Error {
  readonly code: keyof typeof EXIT_OF_CODE;

  constructor(code: keyof typeof EXIT_OF_CODE, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StationError";
    this.code = code;
  }
}

export function exitOf(error: unknown): number | null {
  if (error instanceof SealError) return EXIT.refused;
  return error instanceof StationError ? EXIT_OF_CODE[error.code] : null;
}
