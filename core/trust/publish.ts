import * as z from "zod";

/**
 * How releases come to a server: `PUT <server>/publish/v1/<name>`, where names are those under which scanners read the same files
 * (core/trust/layout.ts). Nobody signs in: the signatures authorise (docs/decisions). The order is roots, targets, release files, cache;
 * every answer names what is missing still, so a publisher puts the first root and targets that are new and then what it is told.
 *
 * - `release/<n>.root.json`, `director/<n>.root.json`: the next root of a chain.
 * - `release/<n>.targets.json`: signed by the threshold of release keys, with a higher version.
 * - `release/targets/releases/<name>/<sha256>.release.json`: listed by those targets.
 * - `cache/<hash>.narinfo`, `cache/nar/<nix32>.nar`: of a path that a listed release names; a NAR in pieces of at most PIECE_BYTES.
 * - `complete` (empty): publish though NARs are missing, because scanners get them from another cache.
 *
 * Nothing is seen by anybody before the whole set verifies; then all of it is, at once. `GET <server>/publish/v1/status` answers the same.
 */
export const PUBLISH_BASE = "/publish/v1/";
export const COMPLETE_NAME = "complete";

/** One request may last 15 s, so a large file comes in pieces: `content-range: bytes <from>-<to>/<size>`. */
export const PIECE_BYTES = 4 * 1024 * 1024;
/** As many are named in one answer. */
export const MOST_NAMED = 1_000;

export const publishAnswerSchema = z.object({
  /** `published`: scanners see the newest targets that were put. `waiting`: something is missing still. */
  state: z.enum(["nothing", "waiting", "published"]),
  /** Versions scanners see; null: none yet. */
  root: z.int().nullable(),
  targets: z.int().nullable(),
  /** Version that waits; null: none does. */
  waiting: z.int().nullable(),
  /** `from`: bytes of it that are there already. */
  missing: z.array(z.object({ name: z.string(), bytes: z.int().nullable(), from: z.int() })),
  /** How many more are missing than are named. */
  more: z.int().nonnegative(),
});
export type PublishAnswer = z.infer<typeof publishAnswerSchema>;

/** Beside the words of core/trust/attack.ts, which say what was wrong with signatures and contents. */
export const PUBLISH_REFUSALS = {
  "wrong-name": 404,
  "wrong-method": 405,
  "wrong-range": 416,
  "too-large": 413,
  "too-slow": 408,
  "not-listed": 403,
  "no-first-root": 409,
  "no-organisation": 409,
  "nothing-waits": 409,
  busy: 409,
  "too-often": 429,
  "signer-away": 503,
  "signer-refused": 409,
} as const;
export type PublishRefusal = keyof typeof PUBLISH_REFUSALS;

/** `refused`: a word of PUBLISH_REFUSALS, or of core/trust/attack.ts (status 403). */
export const publishRefusedSchema = z.object({ refused: z.string().max(64), detail: z.string().max(1000) });
