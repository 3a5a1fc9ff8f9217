import type { VerifiedTargets } from "#agent/trust/verified.ts";
import { narFileName, narinfoName } from "#core/closure/narinfo.ts";
import { type Release, releaseTargetCustomSchema, releaseTargetPath } from "#core/release/release.ts";
import { listedNames, type ReadRelease } from "./release-cache.ts";

/** One path that some listed release names. */
export type CachePath = { path: string; narHash: string; narSize: number; release: string };
/** Paths by the names of their files in a binary cache. */
export type CacheIndex = { nars: Map<string, CachePath>; narinfos: Map<string, CachePath> };

/** `nar/<hash>.nar` → `<hash>.nar`. */
export const narFile = (narHash: string) => narFileName(narHash).slice("nar/".length);
const storeHash = (path: string) => narinfoName(path).slice(0, -".narinfo".length);

export function emptyIndex(): CacheIndex {
  return { nars: new Map(), narinfos: new Map() };
}

export function addToIndex(index: CacheIndex, release: Release): void {
  for (const { path, narHash, narSize } of release.paths) {
    const entry = { path, narHash, narSize, release: release.name };
    index.nars.set(narFile(narHash), entry);
    index.narinfos.set(storeHash(path), entry);
  }
}

/**
 * Which release names a file of the cache. Releases are read when something is asked that those read so far do not name, the newest first:
 * a start reads none of them, and who fetches the newest release makes one be read. What is asked and named by none reads all, once.
 */
export function createListedIndex(read: ReadRelease) {
  let index = emptyIndex();
  let seen: { targets: VerifiedTargets; unread: Listed[] } | null = null;
  const indexed = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  const unreadOf = (targets: VerifiedTargets): Listed[] => {
    if (seen?.targets === targets) return seen.unread;
    const listed = listedIn(targets);
    const digests = new Set(listed.map(({ sha256 }) => sha256));
    // A release that people took off the list names nothing any more.
    if ([...indexed].some((one) => !digests.has(one))) {
      index = emptyIndex();
      indexed.clear();
    }
    seen = { targets, unread: listed.filter(({ sha256 }) => !indexed.has(sha256)) };
    return seen.unread;
  };
  const look = async (targets: VerifiedTargets, which: keyof CacheIndex, name: string) => {
    const unread = unreadOf(targets);
    for (;;) {
      const found = index[which].get(name);
      const [next] = unread;
      if (found !== undefined || next === undefined) return found ?? null;
      const file = await read(targets, next.release);
      unread.shift();
      indexed.add(next.sha256);
      if (file !== null) addToIndex(index, file);
    }
  };
  return {
    /** One look after the other: two at once would read the same files. */
    find: (targets: VerifiedTargets, which: keyof CacheIndex, name: string): Promise<CachePath | null> => {
      const mine = last.then(() => look(targets, which, name));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

type Listed = { release: string; sha256: string };

/** The highest counter first. */
function listedIn(targets: VerifiedTargets): Listed[] {
  return listedNames(targets)
    .flatMap((release) => {
      const target = targets.targets[releaseTargetPath(release)];
      if (target === undefined) return [];
      const { counter = 0 } = releaseTargetCustomSchema.safeParse(target.custom).data ?? {};
      return [{ release, sha256: target.hashes.sha256, counter }];
    })
    .sort((a, b) => b.counter - a.counter);
}
