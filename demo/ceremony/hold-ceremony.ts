import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { addSignatures, expiresAt, sealMetadata, targetMeta } from "#agent/trust/seal.ts";
import { makeRoots } from "#cli/station/roots.ts";
import { bytesOf } from "#cli/station/signing-file.ts";
import { ROOT_VALID_MS, TARGETS_VALID_MS } from "#cli/station/validity.ts";
import { type Release, releaseTargetPath } from "#core/release/release.ts";
import { targetsBody } from "#core/trust/bodies.ts";
import { metadataName, type RepositoryName, targetName } from "#core/trust/layout.ts";
import type { OnlineKeys } from "#core/trust/online-keys.ts";
import { type HeldBack, heldFiles, signNextRoot } from "#demo/ceremony/held-back.ts";
import { freshKey, type Holder, makeHolders, THRESHOLD } from "#demo/ceremony/keys.ts";
import { type ReleaseToSign, releaseAhead, releasesToSign } from "#demo/ceremony/release-file.ts";
import type { FleetPlan } from "#demo/plan/plan.ts";
import { openKeys, publicHalves } from "#server/signer/keys.ts";

/** A release file with what its target says of it. */
type SignedFile = ReleaseToSign & {
  release: Release;
  targetPath: string;
  bytes: Uint8Array;
  sha256: string;
};

/** What came out of a ceremony, ready for scanners and for publishing. */
export type Signed = {
  firstRoots: Record<RepositoryName, Uint8Array>;
  /** Oldest first. */
  files: SignedFile[];
  targets: Uint8Array;
  /** Signed on the same day and never published (demo/ceremony/held-back.ts). */
  heldBack: HeldBack;
  signers: { by: { keyId: string; name: string }[]; threshold: number; keys: number };
};

/**
 * What three people do once on their release stations, by the same functions: first roots that name them and the server's signer, and
 * one list of the newest releases that two of them sign.
 */
export function signReleases(plan: FleetPlan, online: OnlineKeys, nowMs: number): Signed {
  const holders = makeHolders(plan);
  const [first, second] = holders;
  const signing = [first, second];
  const roots = makeRoots({
    ...{ online, nowMs, rootThreshold: THRESHOLD, releaseThreshold: THRESHOLD, validMs: ROOT_VALID_MS },
    people: holders.map(publicOf),
  });
  const files = releasesToSign(plan).map(fileOf);
  const signList = (version: number, listed: readonly SignedFile[]) => {
    const list = targetsBody({
      version,
      expires: expiresAt(nowMs + TARGETS_VALID_MS),
      targets: Object.fromEntries(listed.map((one) => [one.targetPath, targetOf(one)])),
    });
    return signing.reduce((bytes, one) => addSignatures(bytes, [one.release]), sealMetadata(list, []));
  };
  const ahead = fileOf(releaseAhead(plan));
  const rootKeys = signing.map((one) => one.directorRoot);
  const firstRoots = {
    release: addSignatures(
      bytesOf(roots.release),
      signing.map((one) => one.releaseRoot),
    ),
    director: addSignatures(bytesOf(roots.director), rootKeys),
  };
  return {
    firstRoots,
    files,
    targets: signList(1, files),
    heldBack: {
      targets: signList(2, [...files, ahead]),
      file: { name: targetName(ahead.targetPath, ahead.sha256), bytes: ahead.bytes },
      directorRoot: signNextRoot({
        ...{ roots: firstRoots, rootKeys, online, nowMs },
        nextDirector: freshKey().publicKey,
      }),
    },
    signers: {
      by: signing.map(({ name, release }) => ({ keyId: release.keyId, name })),
      threshold: THRESHOLD,
      keys: holders.length,
    },
  };
}

function publicOf({ name, releaseRoot, directorRoot, release }: Holder) {
  return {
    schema: "fiducial.public-keys/1" as const,
    name,
    public: {
      "release-root": releaseRoot.publicKey,
      "director-root": directorRoot.publicKey,
      release: release.publicKey,
    },
  };
}

function fileOf(one: ReleaseToSign): SignedFile {
  const bytes = Buffer.from(JSON.stringify(one.release), "utf8");
  const { sha256 } = targetMeta(bytes, null).hashes;
  return { ...one, targetPath: releaseTargetPath(one.release.name), bytes, sha256 };
}

function targetOf({ release: { counter, floor }, withdrawn, bytes }: SignedFile) {
  return targetMeta(bytes, { counter, floor, withdrawn });
}

/** Where the ceremony's files wait to be published, below the data folder; laid out as a server's address space. */
export function ceremonyFolder(dataFolder: string): string {
  return join(dataFolder, "ceremony");
}

export function firstRootsFolder(dataFolder: string): string {
  return join(ceremonyFolder(dataFolder), "first-root");
}

export function heldBackFolder(dataFolder: string): string {
  return join(ceremonyFolder(dataFolder), "held-back");
}

export const TARGETS_NAME = `release/${metadataName("targets", 1)}`;

/**
 * Holds the ceremony of an installation that is being made: its signer's keys are made if they are not there, its first roots lie where
 * an operator would put them, and everything else waits to be published.
 */
export async function holdCeremony(dataFolder: string, plan: FleetPlan, nowMs: number): Promise<Signed> {
  const signer = join(dataFolder, "signer");
  await mkdir(signer, { recursive: true, mode: 0o700 });
  const signed = signReleases(plan, publicHalves(await openKeys(signer)), nowMs);
  const served = join(dataFolder, "repository", "first-root");
  for (const folder of [firstRootsFolder(dataFolder), served])
    for (const [name, bytes] of Object.entries(signed.firstRoots))
      await put(join(folder, `${name}.root.json`), bytes);
  await put(join(ceremonyFolder(dataFolder), TARGETS_NAME), signed.targets);
  for (const { targetPath, sha256, bytes } of signed.files)
    await put(join(ceremonyFolder(dataFolder), "release", targetName(targetPath, sha256)), bytes);
  for (const [name, bytes] of heldFiles(signed.heldBack))
    await put(join(heldBackFolder(dataFolder), name), bytes);
  return signed;
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, bytes);
}
