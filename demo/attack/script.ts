import type { ScannerId } from "#core/identity/identity.ts";
import type { RefusalReason } from "#core/trust/attack.ts";
import type { Instruction } from "#core/trust/instruction.ts";
import type { EvilServer, Known } from "#demo/attack/evil-server.ts";

/** The scanner that is attacked, and what people signed. */
export type Situation = {
  otherScanner: ScannerId;
  /** What runs, confirmed here. */
  running: Known;
  /** Newer than what runs, signed for this scanner. */
  next: Known;
  /** Was confirmed here, and is below the floor by now. */
  belowFloor: Known;
  /** Signed for scanners of another model. */
  foreign: Known;
  /** The instruction that led to what runs, and the one before it. */
  last: Instruction;
  earlier: Instruction;
};

/** What the scanner has to answer. `taken`: it cannot know better yet, and nothing on it changes. */
export type Expected =
  | { kind: "refused"; reason: RefusalReason; check: string }
  | { kind: "waits"; gate: "scanning" }
  | { kind: "taken" };

export type Move = {
  does: string;
  /** What happens before it: time passes, a scan begins, the next release fails its probes, people replace the director's keys. */
  before?: { waitMs: number } | "scan-begins" | "next-fails" | "people-rotate";
  lay: (evil: EvilServer, at: Situation) => void;
  expect: Expected;
};

export type Script = { id: string; name: string; moves: readonly [Move, ...Move[]] };
