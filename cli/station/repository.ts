import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { durableWrite, errorCode } from "#agent/link/durable.ts";
import { parseMetadata } from "#agent/trust/model.ts";
import { readRelease } from "#agent/trust/release-file.ts";
import { SealError, sha256, signedDigest } from "#agent/trust/seal.ts";
import { signaturesOf } from "#agent/trust/signatures.ts";
import { type Release, releaseTargetCustomSchema, releaseTargetPath } from "#core/release/release.ts";
import { refuseKeys } from "#core/trust/keys.ts";
import { type MetadataRole, metadataName, type RepositoryName, targetName } from "#core/trust/layout.ts";
import type { BodyOf, SignedTarget, TargetsBody } from "#core/trust/metadata.ts";
import { openFolder, readIfThere, readNeeded, repositoryFolderOf, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

/** A metadata file with what it says; its signatures were counted. */
export type Signed<R extends MetadataRole> = { bytes: Uint8Array; body: BodyOf<R> };

type Here = Pick<Station, "folder">;
const inRepository = (station: Here, ...parts: string[]) => join(repositoryFolderOf(station), ...parts);

export function firstRootPath(station: Here, repository: RepositoryName): string {
  return inRepository(station, "first-root", `${repository}.root.json`);
}

/** The roots of a repository from the first to the newest, each checked against the one before. Empty: there is none yet. */
export async function rootChain(station: Here, repository: RepositoryName): Promise<Signed<"root">[]> {
  const first = await readIfThere(firstRootPath(station, repository));
  if (first === null) return [];
  const chain = [checkedRoot(first, first)];
  for (;;) {
    const last = chain.at(-1);
    if (last === undefined) return chain;
    const name = metadataName("root", last.body.version + 1);
    const next = await readIfThere(inRepository(station, repository, name));
    if (next === null) return chain;
    chain.push(checkedRoot(last.bytes, next));
  }
}

/** The newest root of a repository that the first one leads to. Null: there is none yet. */
export async function currentRoot(
  station: Here,
  repository: RepositoryName = "release",
): Promise<Signed<"root"> | null> {
  return (await rootChain(station, repository)).at(-1) ?? null;
}

export async function neededRoot(
  station: Here,
  repository: RepositoryName = "release",
): Promise<Signed<"root">> {
  const root = await currentRoot(station, repository);
  if (root !== null) return root;
  throw new StationError(
    "folder",
    `There is no root in ${repositoryFolderOf(station)} yet: copy the folder repository/ of a station that has them, or make the first ones ("fiducial root --help").`,
  );
}

/** A root counts when those before it and those it names have signed it, and no key counts twice (TUF 1.0 §5.3). */
export function checkedRoot(before: Uint8Array, bytes: Uint8Array): Signed<"root"> {
  const root = needMetadata("root", bytes);
  for (const by of [before, bytes]) needThreshold(by, "root", bytes);
  const refusal = refuseKeys(root.body, sha256);
  if (refusal !== null)
    throw new StationError("refused", `The root is refused (${refusal.refused}): ${refusal.detail}.`);
  return root;
}

export function needMetadata<R extends MetadataRole>(role: R, bytes: Uint8Array): Signed<R> {
  const parsed = parseMetadata(role, bytes);
  if (parsed.ok) return { bytes, body: parsed.body };
  const { refused, detail } = parsed.refusal;
  throw new StationError("refused", `A ${role} file is refused (${refused}): ${detail}.`);
}

export function needThreshold(root: Uint8Array, role: MetadataRole, bytes: Uint8Array): void {
  const signatures = signaturesOf(root, role, bytes);
  if (signatures !== null && signatures.valid.length >= signatures.threshold) return;
  const counted =
    signatures === null ? "nothing" : `${signatures.valid.length} of ${signatures.threshold} signatures`;
  throw new StationError(
    "refused",
    `A ${role} file has ${counted} that count: somebody changed it, or it was never completed.`,
  );
}

/**
 * The newest list of releases, with enough signatures of the newest root or, right after a rotation, of one before it: this folder took
 * it in while that one counted. It is the base of the next list; scanners believe it again once it is signed anew. Null: nothing was released yet.
 */
export async function currentTargets(station: Here, root: Signed<"root">): Promise<Signed<"targets"> | null> {
  const version = await newestVersion(station, "targets");
  if (version === null) return null;
  const name = metadataName("targets", version);
  const targets = needMetadata("targets", await readNeeded(inRepository(station, "release", name), name));
  if (!isSignedBy(root.bytes, targets.bytes)) {
    const before = await rootChain(station, "release");
    if (!before.some((one) => isSignedBy(one.bytes, targets.bytes)))
      needThreshold(root.bytes, "targets", targets.bytes);
  }
  if (targets.body.version !== version)
    throw new StationError("refused", `${name} says that it is version ${targets.body.version}.`);
  return targets;
}

/** Whether enough keys of a root's release role have signed a list. */
export function isSignedBy(root: Uint8Array, targets: Uint8Array): boolean {
  const signatures = signaturesOf(root, "targets", targets);
  return signatures !== null && signatures.valid.length >= signatures.threshold;
}

/**
 * A list that came from somebody counts when enough of the newest root's keys signed it. Right after a rotation it may also be, word by
 * word, the one this station has, with signatures that counted before: keys that were replaced because they were stolen must not vouch for
 * another one.
 */
export async function needKnownList(
  station: Here,
  root: Signed<"root">,
  list: Signed<"targets">,
): Promise<void> {
  if (isSignedBy(root.bytes, list.bytes)) return;
  const own = await currentTargets(station, root);
  const isRotated = own !== null && !isSignedBy(root.bytes, own.bytes);
  if (isRotated && signedDigest(own.bytes) === signedDigest(list.bytes)) {
    const before = await rootChain(station, "release");
    if (before.some((one) => isSignedBy(one.bytes, list.bytes))) return;
  }
  needThreshold(root.bytes, "targets", list.bytes);
}

export function newestVersion(station: Here, role: "targets" | "snapshot"): Promise<number | null> {
  return newestVersionIn(inRepository(station, "release"), role);
}

/** Null: the folder holds none, or is not there. */
export async function newestVersionIn(folder: string, role: "targets" | "snapshot"): Promise<number | null> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  });
  const versions = names.flatMap((name) => {
    const found = new RegExp(`^([1-9][0-9]{0,9})[.]${role}[.]json$`).exec(name)?.[1];
    return found === undefined ? [] : [Number(found)];
  });
  return versions.length === 0 ? null : Math.max(...versions);
}

const RELEASE_PATH = /^releases\/([^/]+)\/release[.]json$/;

export type Listed = { name: string; target: SignedTarget };

/** Releases of a list, the highest counter first. */
export function listedReleases(
  targets: TargetsBody | null,
): (Listed & { counter: number; floor: number; withdrawn: string | null })[] {
  const listed = Object.entries(targets?.targets ?? {}).flatMap(([path, target]) => {
    const name = RELEASE_PATH.exec(path)?.[1];
    const custom = releaseTargetCustomSchema.safeParse(target.custom);
    return name === undefined || !custom.success ? [] : [{ name, target, ...custom.data }];
  });
  return listed.sort((a, b) => b.counter - a.counter);
}

/** A listed release of this folder. Throws StationError when the file is not the one that was signed. */
export async function readListed(
  station: Here,
  { name, target }: Listed,
): Promise<{ release: Release; text: string }> {
  const path = inRepository(station, "release", targetName(releaseTargetPath(name), target.hashes.sha256));
  const bytes = await readNeeded(path, `release file of ${name}`);
  return { release: needRelease(name, target, bytes), text: bytes.toString("utf8") };
}

/** What the list says of a release and what its file says have to be one: counter and floor are believed before the file is fetched. */
export function needRelease(name: string, target: SignedTarget, bytes: Uint8Array): Release {
  const release = readRelease(target, bytes);
  if ("refused" in release)
    throw new StationError(
      "refused",
      `The release file of ${name} is refused (${release.refused}): ${release.detail}.`,
    );
  const custom = releaseTargetCustomSchema.safeParse(target.custom);
  if (
    release.name !== name ||
    custom.data?.counter !== release.counter ||
    custom.data.floor !== release.floor
  )
    throw new StationError(
      "refused",
      `The list and the release file of ${name} (releases-disagree) do not say the same name, counter and floor.`,
    );
  return release;
}

/** Writes a file of the repository; one that says the same already stays. Throws StationError rather than replace one. */
export async function addToRepository(station: Here, name: string, bytes: Uint8Array): Promise<void> {
  const path = inRepository(station, name);
  const there = await readIfThere(path);
  if (there !== null && Buffer.compare(there, bytes) === 0) return;
  if (there !== null && !saysTheSame(there, bytes))
    throw new StationError(
      "refused",
      `${path} is there already and says something else. Nothing was replaced.`,
    );
  await openFolder(dirname(path));
  await durableWrite(path, bytes, { mode: 0o644 });
}

/** Two files with the same signed words and other signatures are one file. */
function saysTheSame(a: Uint8Array, b: Uint8Array): boolean {
  try {
    return signedDigest(a) === signedDigest(b);
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}
