import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { verifyListedRelease } from "#agent/trust/release-file.ts";
import { expiresAt, fileMeta, sealMetadata } from "#agent/trust/seal.ts";
import { folderShelf } from "#agent/trust/shelf.ts";
import { openRepository } from "#agent/trust/trust.ts";
import type { VerifiedTargets } from "#agent/trust/verified.ts";
import { RELEASE_LIMIT_BYTES, type Release, releaseTargetPath } from "#core/release/release.ts";
import { snapshotBody, timestampBody } from "#core/trust/bodies.ts";
import { METADATA_LIMIT_BYTES, metadataName, targetName } from "#core/trust/layout.ts";
import { overlay } from "./overlay.ts";
import { SignerRefused, whyNot } from "./refused.ts";
import type { SignerOptions } from "./signer.ts";

/** Snapshot a week, timestamp a day; signed anew when half of the day is over. */
const SNAPSHOT_MS = 7 * 24 * 60 * 60_000;
const TIMESTAMP_MS = 24 * 60 * 60_000;
const FRESH_LEFT_MS = TIMESTAMP_MS / 2;

const stateSchema = z.strictObject({
  snapshot: z.int().nonnegative(),
  timestamp: z.int().nonnegative(),
  /** Highest version of targets that was ever pointed at. */
  targets: z.int().nonnegative(),
  snapshotExpiresAtMs: z.int(),
  timestampExpiresAtMs: z.int(),
});
type State = z.infer<typeof stateSchema>;
const NONE: State = {
  snapshot: 0,
  timestamp: 0,
  targets: 0,
  snapshotExpiresAtMs: 0,
  timestampExpiresAtMs: 0,
};
const STATE_FILE = "release.json";

export type ReleaseSet = {
  /** What is published and verified, as scanners would see it. @throws SignerRefused */
  verified: () => Promise<VerifiedTargets>;
  /** A listed release, read and verified. @throws SignerRefused */
  release: (targets: VerifiedTargets, name: string) => Promise<Release>;
  /** Signs snapshot and timestamp over the newest targets that people signed, if needed. @throws SignerRefused */
  freshen: () => Promise<{ version: number; expiresAtMs: number }>;
};

export function openReleaseSet(options: SignerOptions): ReleaseSet {
  const { folder, folders, nowMs } = options;
  const served = folderFetcher(folders.release);
  const own = folderShelf(folder);
  const firstRoot = async () => {
    const bytes = await options.firstRoot("release");
    if (bytes === null)
      throw new SignerRefused("not-ready", "There is no first root of the release repository.");
    return bytes;
  };
  const verified = async () => {
    const trust = openRepository({
      folder: join(folder, "trust"),
      repository: "release",
      firstRoot: await firstRoot(),
      recipient: null,
      nowMs,
    });
    const looked = await trust.refresh(served);
    if (!looked.ok) throw new SignerRefused("not-verified", whyNot(looked));
    return looked.targets;
  };
  const release: ReleaseSet["release"] = (targets, name) => listedRelease(served, targets, name);
  const checkNew = checkerOf(release);
  const freshen = async () => {
    const state = await readState(own);
    const newest = await newestTargets(folders.release);
    if (newest === null) throw new SignerRefused("not-ready", "Nothing is published yet.");
    if (isFresh(state, newest, nowMs()) && (await isServed(verified)))
      return { version: newest, expiresAtMs: state.timestampExpiresAtMs };
    if (newest < state.targets)
      throw new SignerRefused(
        "not-verified",
        `Targets ${newest} are older than ${state.targets}, which were served.`,
      );
    const next = await sealed(options, state, newest);
    const looked = await openRepository({
      folder: null,
      repository: "release",
      firstRoot: await firstRoot(),
      recipient: null,
      nowMs,
    }).refresh(overlay(served, next.files));
    if (!looked.ok) throw new SignerRefused("not-verified", whyNot(looked));
    await checkNew(looked.targets);
    // The number first: after a crash in between none is ever used twice.
    await own.write(STATE_FILE, Buffer.from(JSON.stringify(next.state)));
    const shelf = folderShelf(folders.release);
    for (const [name, bytes] of next.files) await shelf.write(name, bytes);
    await verified();
    return { version: newest, expiresAtMs: next.state.timestampExpiresAtMs };
  };
  return { verified, release, freshen };
}

/** Release files that were read whole and found good by this process are not read again for a new date: there may be hundreds. */
function checkerOf(release: ReleaseSet["release"]): (targets: VerifiedTargets) => Promise<void> {
  const checked = new Set<string>();
  return async (targets) => {
    for (const [path, { hashes }] of Object.entries(targets.targets)) {
      if (checked.has(hashes.sha256)) continue;
      await release(targets, nameIn(path));
      checked.add(hashes.sha256);
    }
  };
}

async function listedRelease(served: Fetcher, targets: VerifiedTargets, name: string): Promise<Release> {
  const path = releaseTargetPath(name);
  const target = Object.hasOwn(targets.targets, path) ? targets.targets[path] : undefined;
  if (target === undefined) throw new SignerRefused("unknown-release", `${name} is not published.`);
  const fetched = await served(targetName(path, target.hashes.sha256), RELEASE_LIMIT_BYTES);
  if (!fetched.ok) throw new SignerRefused("not-verified", `${name}: ${fetched.detail}`);
  const found = verifyListedRelease(targets, name, fetched.bytes);
  if ("refused" in found) throw new SignerRefused("not-verified", `${found.refused}: ${found.detail}`);
  return found;
}

/** Only releases are listed; a path of another shape has no release of its name. */
function nameIn(path: string): string {
  return path.split("/")[1] ?? path;
}

async function readState(own: ReturnType<typeof folderShelf>): Promise<State> {
  const bytes = await own.read(STATE_FILE);
  // Not read as "nothing signed yet" when damaged: a lower number would look like an attack to every scanner.
  return bytes === null ? NONE : stateSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}

function isFresh(state: State, newest: number, nowMs: number): boolean {
  return state.targets === newest && state.timestampExpiresAtMs - nowMs > FRESH_LEFT_MS;
}

/** A new root may name other keys, and a person may have put back an old folder: then it is signed anew. */
async function isServed(verified: () => Promise<unknown>): Promise<boolean> {
  try {
    await verified();
    return true;
  } catch (error) {
    if (error instanceof SignerRefused) return false;
    throw error;
  }
}

async function newestTargets(folder: string): Promise<number | null> {
  const versions = (await readdir(folder)).flatMap((name) => {
    const [, version] = /^([1-9][0-9]{0,8})\.targets\.json$/.exec(name) ?? [];
    return version === undefined ? [] : Number(version);
  });
  return versions.length === 0 ? null : Math.max(...versions);
}

/** Snapshot and timestamp over these targets, not yet seen by anybody. */
async function sealed({ folders, keys, nowMs }: SignerOptions, state: State, targets: number) {
  const atMs = nowMs();
  const name = metadataName("targets", targets);
  const fetched = await folderFetcher(folders.release)(name, METADATA_LIMIT_BYTES.targets);
  if (!fetched.ok) throw new SignerRefused("not-verified", `${name}: ${fetched.detail}`);
  const version = state.snapshot + 1;
  const next: State = {
    snapshot: version,
    timestamp: state.timestamp + 1,
    targets,
    snapshotExpiresAtMs: atMs + SNAPSHOT_MS,
    timestampExpiresAtMs: atMs + TIMESTAMP_MS,
  };
  const snapshot = sealMetadata(
    snapshotBody({
      version,
      expires: expiresAt(next.snapshotExpiresAtMs),
      targets: fileMeta(targets, fetched.bytes),
    }),
    [keys.snapshot],
  );
  const timestamp = sealMetadata(
    timestampBody({
      version: next.timestamp,
      expires: expiresAt(next.timestampExpiresAtMs),
      snapshot: fileMeta(version, snapshot),
      signedAtMs: atMs,
    }),
    [keys.timestamp],
  );
  // In the order in which it is safe to write them: the timestamp makes the rest visible.
  const files = new Map([
    [metadataName("snapshot", version), snapshot],
    [metadataName("timestamp", next.timestamp), timestamp],
  ]);
  return { state: next, files };
}
