import { verifyListedRelease } from "#agent/trust/release-file.ts";
import type { VerifiedTargets } from "#agent/trust/verified.ts";
import { RELEASE_LIMIT_BYTES, type Release, releaseTargetPath } from "#core/release/release.ts";
import { targetName } from "#core/trust/layout.ts";
import { readBelow } from "./files.ts";
import type { RepositoryFolders } from "./folders.ts";

export type ReadRelease = (targets: VerifiedTargets, name: string) => Promise<Release | null>;

/** Bytes of release files whose content is kept read: two of the largest, or dozens of the usual ones. */
const KEPT_BYTES = 2 * RELEASE_LIMIT_BYTES;

export function listedNames({ targets }: Pick<VerifiedTargets, "targets">): string[] {
  return Object.keys(targets).flatMap((path) => path.split("/")[1] ?? []);
}

/**
 * Reads and verifies release files, and keeps the last ones by the hash that people signed: a page that compares two asks for the same two
 * again and again, and one may be 16 MB. Reading the same at the same moment is reading once.
 */
export function createReleaseCache(folders: RepositoryFolders): { read: ReadRelease } {
  const kept = new Map<string, { bytes: number; release: Promise<Release | null> }>();
  const forget = (sha256: string) => kept.delete(sha256);
  const makeRoom = (bytes: number) => {
    let sum = bytes;
    for (const one of kept.values()) sum += one.bytes;
    for (const [sha256, one] of kept) {
      if (sum <= KEPT_BYTES) return;
      forget(sha256);
      sum -= one.bytes;
    }
  };
  return {
    read: async (targets, name) => {
      const path = releaseTargetPath(name);
      const target = Object.hasOwn(targets.targets, path) ? targets.targets[path] : undefined;
      if (target === undefined) return null;
      const { sha256 } = target.hashes;
      const known = kept.get(sha256);
      if (known !== undefined) {
        forget(sha256);
        kept.set(sha256, known);
        return await known.release;
      }
      makeRoom(target.length);
      const release = readNow(folders, targets, { path, name, sha256 });
      kept.set(sha256, { bytes: target.length, release });
      // What was not there may come.
      const found = await release.catch((error: unknown) => {
        forget(sha256);
        throw error;
      });
      if (found === null) forget(sha256);
      return found;
    },
  };
}

async function readNow(
  folders: RepositoryFolders,
  targets: VerifiedTargets,
  { path, name, sha256 }: { path: string; name: string; sha256: string },
): Promise<Release | null> {
  const bytes = await readBelow(folders.release, targetName(path, sha256), RELEASE_LIMIT_BYTES);
  const release = bytes === null ? null : verifyListedRelease(targets, name, bytes);
  return release === null || "refused" in release ? null : release;
}
