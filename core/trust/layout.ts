/**
 * Where the files of the two repositories lie, below any base: a folder on a stick, the spool of a scanner, or the address of a server
 * (`<server>/agent/v1/tuf/`). Consistent snapshots (TUF 1.0 §6.2): versioned names, hashes before target names.
 */
export const REPOSITORIES = ["release", "director"] as const;
export type RepositoryName = (typeof REPOSITORIES)[number];

export type MetadataRole = "root" | "timestamp" | "snapshot" | "targets";

/** Bounds in bytes per file, checked before a parser sees it (update-systems.md §4.3, pitfalls 2 and 6). */
export const METADATA_LIMIT_BYTES = {
  root: 256 * 1024,
  timestamp: 16 * 1024,
  snapshot: 64 * 1024,
  targets: 256 * 1024,
} as const satisfies Record<MetadataRole, number>;

/** `release/` or, one per scanner, `director/<scannerId>/`. */
export function repositoryFolder(repository: RepositoryName, scannerId: string): string {
  return repository === "release" ? "release" : `director/${scannerId}`;
}

/** Name of a metadata file inside its repository's folder. */
export function metadataName(role: MetadataRole, version: number): string {
  return role === "timestamp" ? "timestamp.json" : `${version}.${role}.json`;
}

/** Name of a target inside the release repository's folder: `targets/releases/<name>/<sha256>.release.json`. */
export function targetName(path: string, sha256: string): string {
  const slash = path.lastIndexOf("/");
  return `targets/${path.slice(0, slash + 1)}${sha256}.${path.slice(slash + 1)}`;
}

/**
 * The list of releases in a bundle that is carried by hand: without snapshot and timestamp, which last days, and which nobody can renew on
 * the way (decision 0023).
 */
export const CARRIED_TARGETS_NAME = "targets.json";

/** A binary cache in Nix's own layout lies beside the repositories. */
export const CACHE_FOLDER = "cache";

/**
 * Field of director timestamp, snapshot and targets that binds them to one scanner: plain TUF accepts another scanner's metadata
 * when the root is the same (update-systems.md §4.3, pitfall 4).
 */
export const RECIPIENT_FIELD = "x-fiducial-recipient";
