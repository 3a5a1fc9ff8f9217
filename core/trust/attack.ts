/**
 * Why a scanner refuses an instruction or its files. One word per attack (update-systems.md §4.5, reliability.md §2.4); it travels in the
 * scanner's report (`change.reason`) and is shown by name. `attack`: somebody or something meddled. `state`: nothing is wrong with the
 * signatures, but this scanner may not take it. `clock`: told apart from attacks, because a dead clock battery is not an attacker.
 */
export const REFUSAL_KINDS = {
  "bad-signature": "attack",
  "threshold-missed": "attack",
  "duplicate-key": "attack",
  "metadata-rolled-back": "attack",
  "metadata-frozen": "attack",
  "mix-and-match": "attack",
  "wrong-metadata": "attack",
  "too-large": "attack",
  "too-slow": "attack",
  delegation: "attack",
  "wrong-recipient": "attack",
  "several-instructions": "attack",
  "unknown-release": "attack",
  "releases-disagree": "attack",
  replayed: "attack",
  "same-sequence": "attack",
  "instruction-too-long": "attack",
  "content-mismatch": "attack",
  "unsigned-path": "attack",
  "path-set-differs": "attack",
  "wrong-system": "attack",
  "wrong-model": "attack",
  "below-floor": "attack",
  "older-release": "attack",
  "never-confirmed-here": "attack",
  withdrawn: "state",
  "instruction-expired": "state",
  "blocked-here": "state",
  held: "state",
  "not-on-disk": "state",
  "firmware-does-not-fit": "state",
  "calibration-does-not-fit": "state",
  "changes-off": "state",
  "disk-full": "state",
  busy: "state",
  "clock-wrong": "clock",
} as const satisfies Record<string, "attack" | "state" | "clock">;

export type RefusalReason = keyof typeof REFUSAL_KINDS;
export const REFUSAL_REASONS = Object.keys(REFUSAL_KINDS) as RefusalReason[];

/** A refusal is a value: which check said no, in which file, and what it saw. */
export type TrustRefusal = { refused: RefusalReason; where: string; detail: string };
