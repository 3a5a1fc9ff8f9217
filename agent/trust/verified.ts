import type { Release, ReleaseSystem } from "#core/release/release.ts";
import type { Matched } from "#core/trust/match.ts";
import type { SignedTargets } from "#core/trust/metadata.ts";

declare const verified: unique symbol;
/** Marks what was proved with signatures; only agent/trust makes one. */
type Verified<T, What extends string> = T & { readonly [verified]: What };

/** What the targets of a repository say, with the versions that say it. */
export type FoundTargets = {
  targets: SignedTargets;
  versions: { root: number; timestamp: number; snapshot: number; targets: number };
  /** When the first of the three files expires, milliseconds. */
  expiresAtMs: number;
};
export type VerifiedTargets = Verified<FoundTargets, "targets">;

/** An instruction for this scanner, pointing at a file that both repositories describe alike. Not yet accepted: core/trust/accept.ts. */
export type VerifiedInstruction = Verified<Matched, "instruction">;

/** A release file that is the one people signed, and holds together; `system` is the one the instruction names. */
export type FoundRelease = { release: Release; system: ReleaseSystem };
export type VerifiedRelease = Verified<FoundRelease, "release">;
