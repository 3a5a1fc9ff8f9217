import type { LinkErrorCode } from "#agent/link/link-error.ts";

/** Exit statuses of `fiducial`, for scripts; printed by `fiducial --help`. */
export const EXIT = {
  ok: 0,
  problem: 1,
  usage: 2,
  notEnrolled: 3,
  unreachable: 4,
  refused: 5,
  state: 6,
  running: 7,
} as const;

export const EXIT_OF = {
  "bad-config": EXIT.usage,
  "not-enrolled": EXIT.notEnrolled,
  "already-enrolled": EXIT.state,
  "already-running": EXIT.running,
  "state-denied": EXIT.state,
  "state-damaged": EXIT.state,
  "state-unwritable": EXIT.state,
  refused: EXIT.refused,
  unreachable: EXIT.unreachable,
  "fingerprint-missing": EXIT.usage,
  "fingerprint-mismatch": EXIT.refused,
} as const satisfies Record<LinkErrorCode, number>;
