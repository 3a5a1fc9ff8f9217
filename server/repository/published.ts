import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { parseMetadata } from "#agent/trust/model.ts";
import { type Signatures, signaturesOf } from "#agent/trust/signatures.ts";
import { openRepository } from "#agent/trust/trust.ts";
import type { VerifiedTargets } from "#agent/trust/verified.ts";
import type { Release } from "#core/release/release.ts";
import { metadataName } from "#core/trust/layout.ts";
import type { RootBody } from "#core/trust/metadata.ts";
import type { Log } from "#server/log.ts";
import { type CacheIndex, type CachePath, createListedIndex } from "./cache-index.ts";
import { readFirstRoot } from "./files.ts";
import type { RepositoryFolders } from "./folders.ts";
import { createReleaseCache } from "./release-cache.ts";

/** What scanners see of the release repository: verified as a whole by this process with the scanner's own verifier. */
export type PublishedSet = {
  targets: VerifiedTargets;
  root: RootBody;
  signatures: Signatures;
  expiresAtMs: Record<"root" | "targets" | "snapshot" | "timestamp", number>;
  /** The very bytes that were verified, by name. */
  metadata: ReadonlyMap<string, Uint8Array>;
};

export type Published = {
  /** Null: nothing is published, or no first root is there. */
  current: () => PublishedSet | null;
  /** Looks again; keeps what it had when what is there does not verify. @returns whether something else is seen now */
  reload: () => Promise<boolean>;
  /** A listed release, read from the file that people signed; null: it is not listed or not there. */
  release: (name: string) => Promise<Release | null>;
  /** The path behind a file of the cache, as a listed release names it; null: none does. */
  find: (which: keyof CacheIndex, name: string) => Promise<CachePath | null>;
};

export function openPublished(folders: RepositoryFolders, nowMs: () => number, log: Log): Published {
  let set: PublishedSet | null = null;
  const releases = createReleaseCache(folders);
  const index = createListedIndex(releases.read);
  const reload = async (): Promise<boolean> => {
    const firstRoot = await readFirstRoot(folders, "release");
    if (firstRoot === null) return false;
    const trust = openRepository({
      folder: folders.trust,
      repository: "release",
      firstRoot,
      recipient: null,
      nowMs,
    });
    const looked = await trust.refresh(folderFetcher(folders.release));
    if (!looked.ok) {
      if ("refusal" in looked) log.warn("repository.refused", { ...looked.refusal });
      return false;
    }
    const metadata = new Map(looked.files.map(({ name, bytes }) => [name, bytes]));
    if (set !== null && sameVersions(set.targets, looked.targets)) return false;
    set = describe(looked.targets, metadata);
    return true;
  };
  return {
    current: () => set,
    reload,
    release: async (name) => (set === null ? null : await releases.read(set.targets, name)),
    find: async (which, name) => (set === null ? null : await index.find(set.targets, which, name)),
  };
}

function sameVersions(a: VerifiedTargets, b: VerifiedTargets): boolean {
  return JSON.stringify(a.versions) === JSON.stringify(b.versions);
}

function describe(targets: VerifiedTargets, metadata: ReadonlyMap<string, Uint8Array>): PublishedSet {
  const { versions } = targets;
  const bytesOf = (role: "root" | "targets" | "snapshot" | "timestamp") => {
    const bytes = metadata.get(metadataName(role, versions[role]));
    if (bytes === undefined) throw new Error(`the verified set has no ${role}`);
    return bytes;
  };
  const bodyOf = <R extends "root" | "targets" | "snapshot" | "timestamp">(role: R) => {
    const parsed = parseMetadata(role, bytesOf(role));
    if (!parsed.ok) throw new Error(`${role} of the verified set: ${parsed.refusal.detail}`);
    return parsed.body;
  };
  const signatures = signaturesOf(bytesOf("root"), "targets", bytesOf("targets"));
  if (signatures === null) throw new Error("the verified targets have no signatures");
  const expires = (role: "root" | "targets" | "snapshot" | "timestamp") => Date.parse(bodyOf(role).expires);
  return {
    targets,
    metadata,
    signatures,
    root: bodyOf("root"),
    expiresAtMs: {
      root: expires("root"),
      targets: expires("targets"),
      snapshot: expires("snapshot"),
      timestamp: expires("timestamp"),
    },
  };
}
