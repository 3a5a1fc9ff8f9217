import type { ScannerId } from "#core/identity/identity.ts";
import { keyIdOf, metadataKey, type Sha256 } from "#core/trust/keys.ts";
import { type MetadataRole, RECIPIENT_FIELD } from "#core/trust/layout.ts";
import {
  type FileMeta,
  type RootBody,
  SIGNED_AT_FIELD,
  type SignedTargets,
  type SnapshotBody,
  type TargetsBody,
  type TimestampBody,
} from "#core/trust/metadata.ts";

/**
 * What each file of a repository says, before it is signed (agent/trust/seal.ts). Whoever signs, a person's key offline or the
 * signer process, signs these words and no others.
 */
const SPEC_VERSION = "1.0.31";

/** `expires`: `2026-03-01T00:00:00Z` (agent/trust/seal.ts `expiresAt`). `recipient`: the scanner, in all director roles but root. */
type About = { version: number; expires: string; recipient?: ScannerId };

function head({ version, expires, recipient }: About) {
  const bound = recipient === undefined ? {} : { [RECIPIENT_FIELD]: recipient };
  return { spec_version: SPEC_VERSION, version, expires, ...bound };
}

/** Public keys (hex) that speak for a role, and how many of them must. */
export type RoleKeys = { keys: readonly string[]; threshold: number };

export function rootBody(
  about: { version: number; expires: string; roles: Record<MetadataRole, RoleKeys> },
  sha256: Sha256,
): RootBody {
  const role = ({ keys, threshold }: RoleKeys) => ({
    keyids: keys.map((key) => keyIdOf(key, sha256)),
    threshold,
  });
  const { root, targets, snapshot, timestamp } = about.roles;
  const all = [root, targets, snapshot, timestamp].flatMap(({ keys }) => keys);
  return {
    _type: "root",
    ...head(about),
    consistent_snapshot: true,
    keys: Object.fromEntries(all.map((key) => [keyIdOf(key, sha256), metadataKey(key)])),
    roles: {
      root: role(root),
      targets: role(targets),
      snapshot: role(snapshot),
      timestamp: role(timestamp),
    },
  };
}

export function targetsBody(about: About & { targets: SignedTargets }): TargetsBody {
  return { _type: "targets", ...head(about), targets: { ...about.targets } };
}

export function snapshotBody(about: About & { targets: FileMeta }): SnapshotBody {
  return { _type: "snapshot", ...head(about), meta: { "targets.json": about.targets } };
}

export function timestampBody(about: About & { snapshot: FileMeta; signedAtMs: number }): TimestampBody {
  return {
    _type: "timestamp",
    ...head(about),
    [SIGNED_AT_FIELD]: about.signedAtMs,
    meta: { "snapshot.json": about.snapshot },
  };
}
