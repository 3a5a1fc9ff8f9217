import { join } from "node:path";
import { parseMetadata } from "#agent/trust/model.ts";
import { type OfflineSet, verifyOfflineSet } from "#agent/trust/offline-set.ts";
import { verifyListedRelease } from "#agent/trust/release-file.ts";
import { folderShelf } from "#agent/trust/shelf.ts";
import type { VerifiedTargets } from "#agent/trust/verified.ts";
import { RELEASE_LIMIT_BYTES, type Release, releaseTargetPath } from "#core/release/release.ts";
import { METADATA_LIMIT_BYTES, metadataName, type RepositoryName, targetName } from "#core/trust/layout.ts";
import { addToIndex, type CacheIndex, emptyIndex, narFile } from "./cache-index.ts";
import { readBelow, readFirstRoot, sizeOf } from "./files.ts";
import type { RepositoryFolders } from "./folders.ts";
import { narBytes } from "./nars.ts";
import type { Published } from "./published.ts";
import { PublishRefused } from "./refused.ts";
import { listedNames } from "./release-cache.ts";

/** A set that people signed and that nobody sees yet: verified against the trusted root, waiting for the files that it lists. */
export type Waiting = {
  /** New roots of the release repository, in their order. */
  roots: Uint8Array[];
  targets: { bytes: Uint8Array; set: VerifiedTargets; version: number } | null;
  /** Of the new releases whose files have come. */
  releases: Map<string, Release>;
  /** Target paths of releases that are published with this very file already: they verified then, and are not read again. */
  unchanged: Set<string>;
  index: CacheIndex;
  /** NARs of new releases that are not whole yet, by file: their size, and how much is there. */
  absent: Map<string, { bytes: number; from: number }>;
};

export function nothingWaits(): Waiting {
  return {
    roots: [],
    targets: null,
    releases: new Map(),
    unchanged: new Set(),
    index: emptyIndex(),
    absent: new Map(),
  };
}

/** Looked at on disk once, and again when something of it came: a closure has thousands. */
export async function noteNar(
  folders: RepositoryFolders,
  waiting: Waiting,
  file: string,
  size: number,
): Promise<void> {
  const { bytes, whole } = await narBytes(folders, file);
  if (whole) waiting.absent.delete(file);
  else if (waiting.index.nars.has(file)) waiting.absent.set(file, { bytes: size, from: bytes });
}

async function addRelease(folders: RepositoryFolders, waiting: Waiting, release: Release): Promise<void> {
  addToIndex(waiting.index, release);
  for (const { narHash, narSize } of release.paths)
    await noteNar(folders, waiting, narFile(narHash), narSize);
}

/** The chain of roots after the first that lie in a folder, in their order. */
async function rootsIn(folder: string, first: Uint8Array): Promise<Uint8Array[]> {
  const roots: Uint8Array[] = [];
  for (let version = versionOf(first) + 1; ; version += 1) {
    const bytes = await readBelow(folder, metadataName("root", version), METADATA_LIMIT_BYTES.root);
    if (bytes === null) return roots;
    roots.push(bytes);
  }
}

/** Only a number to count on from: the verifier says whether it is one. */
function versionOf(root: Uint8Array): number {
  const [, version] = /"version"\s*:\s*([0-9]{1,9})\b/.exec(Buffer.from(root).toString("utf8")) ?? [];
  return Number(version ?? 1);
}

async function firstRootOf(folders: RepositoryFolders, repository: RepositoryName): Promise<Uint8Array> {
  const first = await readFirstRoot(folders, repository);
  if (first !== null) return first;
  throw new PublishRefused(
    "no-first-root",
    `Nobody has placed ${repository}.root.json into the server's repository/first-root.`,
  );
}

type Chain = { repository: RepositoryName; folder: string; staged: readonly Uint8Array[] };

/** @throws PublishRefused with the attack's name where the chain does not hold */
async function verifyChain(
  folders: RepositoryFolders,
  { repository, folder, staged }: Chain,
  more: { root?: Uint8Array; targets?: Uint8Array; nowMs: number },
): Promise<OfflineSet> {
  const firstRoot = await firstRootOf(folders, repository);
  const kept = await rootsIn(folder, firstRoot);
  const roots = [...kept, ...staged, ...(more.root === undefined ? [] : [more.root])];
  const set = verifyOfflineSet({
    repository,
    firstRoot,
    roots,
    targets: more.targets ?? null,
    nowMs: more.nowMs,
  });
  if (set.ok) return set;
  throw PublishRefused.of(set.refusal);
}

/** The next root of the director is believed, and served, as soon as it follows; one that is here already is taken once more. */
export async function takeDirectorRoot(
  folders: RepositoryFolders,
  bytes: Uint8Array,
  nowMs: number,
): Promise<void> {
  const shelf = folderShelf(folders.directorRoots);
  const given = parseMetadata("root", bytes);
  const kept = given.ok ? await shelf.read(metadataName("root", given.body.version)) : null;
  if (kept !== null && Buffer.compare(kept, bytes) === 0) return;
  const chain = { repository: "director", folder: folders.directorRoots, staged: [] } as const;
  const { root } = await verifyChain(folders, chain, { root: bytes, nowMs });
  await shelf.write(metadataName("root", root.version), bytes);
}

export async function takeReleaseRoot(
  folders: RepositoryFolders,
  waiting: Waiting,
  bytes: Uint8Array,
  nowMs: number,
): Promise<void> {
  await verifyChain(folders, releaseChain(folders, waiting), { root: bytes, nowMs });
  waiting.roots.push(Buffer.from(bytes));
  // Signed for the keys of the root before: it has to come again.
  waiting.targets = null;
}

const releaseChain = (folders: RepositoryFolders, { roots }: Waiting): Chain => ({
  repository: "release",
  folder: folders.release,
  staged: roots,
});

/** @param known highest version that was ever published: a lower one, and one below what waits, is somebody's old list (E-09) */
export async function takeTargets(
  folders: RepositoryFolders,
  waiting: Waiting,
  asked: { bytes: Uint8Array; known: number; nowMs: number },
): Promise<void> {
  const { bytes, known, nowMs } = asked;
  const { targets: set } = await verifyChain(folders, releaseChain(folders, waiting), {
    targets: bytes,
    nowMs,
  });
  if (set === null) throw new Error("targets were given and none were verified");
  const version = set.versions.targets;
  const waits = waiting.targets?.version ?? 0;
  if (version <= known || version < waits)
    throw PublishRefused.of({
      refused: "metadata-rolled-back",
      where: "release targets",
      detail: `version ${version}, ${known} is published${waits > 0 ? ` and ${waits} waits` : ""}`,
    });
  waiting.targets = { bytes: Buffer.from(bytes), set, version };
  waiting.releases.clear();
  waiting.unchanged.clear();
  waiting.absent.clear();
  waiting.index = emptyIndex();
}

/** @throws PublishRefused `not-listed`, or the attack's name where the file is not the signed one */
export async function takeReleaseFile(
  folders: RepositoryFolders,
  waiting: Waiting,
  file: { name: string; sha256: string; bytes: Uint8Array },
): Promise<void> {
  const { path, set } = listedTarget(waiting, file);
  const release = verifyListedRelease(set, file.name, file.bytes);
  if ("refused" in release) throw PublishRefused.of(release);
  const parts = join(folders.release, "targets", "releases", file.name);
  await folderShelf(parts).write(`${file.sha256}.release.json`, file.bytes);
  waiting.releases.set(path, release);
  await addRelease(folders, waiting, release);
}

/** Whether the waiting list has it, and how large it may be. */
export function listedTarget(waiting: Waiting, file: { name: string; sha256: string }) {
  const path = `releases/${file.name}/release.json`;
  const set = waiting.targets?.set;
  const target = set !== undefined && Object.hasOwn(set.targets, path) ? set.targets[path] : undefined;
  if (set === undefined || target?.hashes.sha256 !== file.sha256)
    throw new PublishRefused("not-listed", `No list that waits to be published has ${path} with this hash.`);
  return { path, set, bytes: Math.min(target.length, RELEASE_LIMIT_BYTES) };
}

/** Files that were listed before lie there still; they are looked at once for each new list. */
export async function takeKnownReleases(
  folders: RepositoryFolders,
  waiting: Waiting,
  published: Published,
): Promise<void> {
  const set = waiting.targets?.set;
  if (set === undefined) return;
  const before = published.current()?.targets.targets ?? {};
  for (const name of listedNames(set)) {
    const path = releaseTargetPath(name);
    const target = set.targets[path];
    if (target === undefined || isThere(waiting, path)) continue;
    const file = targetName(path, target.hashes.sha256);
    if (before[path]?.hashes.sha256 === target.hashes.sha256) {
      // What was published already has its NARs, or its scanners get them elsewhere.
      if ((await sizeOf(join(folders.release, file))) === target.length) waiting.unchanged.add(path);
    } else await takeLying(folders, waiting, { set, name, file });
  }
}

async function takeLying(
  folders: RepositoryFolders,
  waiting: Waiting,
  { set, name, file }: { set: VerifiedTargets; name: string; file: string },
): Promise<void> {
  const bytes = await readBelow(folders.release, file, RELEASE_LIMIT_BYTES);
  const release = bytes === null ? null : verifyListedRelease(set, name, bytes);
  if (release === null || "refused" in release) return;
  waiting.releases.set(releaseTargetPath(name), release);
  await addRelease(folders, waiting, release);
}

/** Whether the file of a listed release has come. */
export function isThere({ releases, unchanged }: Waiting, path: string): boolean {
  return releases.has(path) || unchanged.has(path);
}

/** Whether the list that scanners see now is still good under the roots that wait: else they wait for the next list. */
export async function rootsFitPublished(
  folders: RepositoryFolders,
  waiting: Waiting,
  { published, nowMs }: { published: Published; nowMs: number },
): Promise<boolean> {
  const set = published.current();
  const targets = set?.metadata.get(metadataName("targets", set.targets.versions.targets));
  if (targets === undefined) return false;
  try {
    await verifyChain(folders, releaseChain(folders, waiting), { targets, nowMs });
    return true;
  } catch (error) {
    if (error instanceof PublishRefused) return false;
    throw error;
  }
}
