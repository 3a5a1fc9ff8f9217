import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { expiresAt, fileMeta, sealMetadata } from "#agent/trust/seal.ts";
import { folderShelf } from "#agent/trust/shelf.ts";
import { openRepository } from "#agent/trust/trust.ts";
import { counterSchema, epochMsSchema, type ScannerId } from "#core/identity/identity.ts";
import { snapshotBody, targetsBody, timestampBody } from "#core/trust/bodies.ts";
import { instructionSchema } from "#core/trust/instruction.ts";
import { metadataName } from "#core/trust/layout.ts";
import { hashesSchema, type SignedTargets } from "#core/trust/metadata.ts";
import { overlay } from "./overlay.ts";
import { SignerRefused, whyNot } from "./refused.ts";
import type { SignerOptions } from "./signer.ts";

/** All three files of a director live a day and are signed anew when half of it is over (decisions.md, instruction). */
const LIFE_MS = 24 * 60 * 60_000;
const FRESH_LEFT_MS = LIFE_MS / 2;

const stateSchema = z.strictObject({
  /** One number for the three files: they are always signed together. */
  version: z.int().nonnegative(),
  /** Of the newest instruction ever signed for this scanner. */
  seq: z.int().nonnegative(),
  instructedAtMs: epochMsSchema.nullable(),
  expiresAtMs: z.int().nonnegative(),
  /** Of the newest root that the files were verified by; 0: signed before that was kept. */
  root: z.int().nonnegative().default(0),
  target: z
    .strictObject({
      path: z.string(),
      length: z.int().nonnegative(),
      hashes: hashesSchema,
      instruction: instructionSchema.extend({ seq: counterSchema }),
    })
    .nullable(),
});
export type DirectorState = z.infer<typeof stateSchema>;
const NONE: DirectorState = {
  version: 0,
  seq: 0,
  instructedAtMs: null,
  expiresAtMs: 0,
  root: 0,
  target: null,
};

export type Director = {
  state: (scannerId: ScannerId) => Promise<DirectorState>;
  /** Signs and serves this state, under the next version, for a day or as long as is said. @throws SignerRefused */
  serve: (
    scannerId: ScannerId,
    wanted: Omit<DirectorState, "version" | "expiresAtMs" | "root">,
    expiresAtMs?: number,
  ) => Promise<DirectorState>;
  /** The same words with a new date, where the old one is about to pass or a newer root may name other keys. @throws SignerRefused */
  freshen: (scannerId: ScannerId) => Promise<DirectorState>;
};

export function openDirector(options: SignerOptions): Director {
  const own = folderShelf(join(options.folder, "scanners"));
  const state = async (scannerId: ScannerId) => {
    const bytes = await own.read(`${scannerId}.json`);
    // Damage is not read as a first start: numbers that begin anew would be refused by the scanner as replayed.
    return bytes === null ? NONE : stateSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  };
  const serve: Director["serve"] = async (scannerId, wanted, expiresAtMs = options.nowMs() + LIFE_MS) => {
    const before = await state(scannerId);
    const about = { ...wanted, version: before.version + 1, expiresAtMs };
    const files = sealed(options, scannerId, about);
    const next = { ...about, root: await rootOfVerified(options, scannerId, files) };
    // The numbers first: after a crash in between none is ever used twice.
    await own.write(`${scannerId}.json`, Buffer.from(JSON.stringify(next)));
    const shelf = folderShelf(join(options.folders.director, scannerId));
    for (const [name, bytes] of files) await shelf.write(name, bytes);
    await removeOld(shelf, before.version);
    return next;
  };
  const freshen: Director["freshen"] = async (scannerId) => {
    const now = await state(scannerId);
    const isFresh = now.version > 0 && now.expiresAtMs - options.nowMs() > FRESH_LEFT_MS;
    // Keys that were replaced count no more from the root on: what they signed would be refused by the scanner as an attack.
    if (isFresh && now.root >= (await newestRoot(options.folders.directorRoots))) return now;
    return await serve(scannerId, now);
  };
  return { state, serve, freshen };
}

function sealed(
  { keys, nowMs }: SignerOptions,
  recipient: ScannerId,
  state: Omit<DirectorState, "root">,
): Map<string, Uint8Array> {
  const { version, target } = state;
  const about = { version, expires: expiresAt(state.expiresAtMs), recipient };
  const signers = [keys.director];
  const targets = sealMetadata(targetsBody({ ...about, targets: targetsOf(target) }), signers);
  const snapshot = sealMetadata(snapshotBody({ ...about, targets: fileMeta(version, targets) }), signers);
  const stamp = { ...about, snapshot: fileMeta(version, snapshot), signedAtMs: nowMs() };
  const timestamp = sealMetadata(timestampBody(stamp), signers);
  // In the order in which it is safe to write them: the timestamp makes the rest visible.
  return new Map([
    [metadataName("targets", version), targets],
    [metadataName("snapshot", version), snapshot],
    [metadataName("timestamp", version), timestamp],
  ]);
}

function targetsOf(target: DirectorState["target"]): SignedTargets {
  if (target === null) return {};
  const { path, length, hashes, instruction } = target;
  return { [path]: { length, hashes, custom: instruction } };
}

/** What a scanner would refuse is not signed: a root that does not name this key, or one that has expired, is told here. @returns the version of the newest root */
async function rootOfVerified(
  options: SignerOptions,
  recipient: ScannerId,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<number> {
  const firstRoot = await options.firstRoot("director");
  if (firstRoot === null) throw new SignerRefused("not-ready", "There is no first root of the director.");
  const trust = openRepository({
    folder: null,
    repository: "director",
    firstRoot,
    recipient,
    nowMs: options.nowMs,
  });
  const looked = await trust.refresh(overlay(folderFetcher(options.folders.directorRoots), files));
  if (!looked.ok) throw new SignerRefused("not-ready", whyNot(looked));
  return looked.targets.versions.root;
}

/** 0: none after the first. */
async function newestRoot(folder: string): Promise<number> {
  const versions = (await readdir(folder)).map(
    (name) => /^([1-9][0-9]{0,8})\.root\.json$/.exec(name)?.[1] ?? 0,
  );
  return Math.max(0, ...versions.map(Number));
}

/** One version back stays for a scanner that is fetching right now. */
async function removeOld(shelf: ReturnType<typeof folderShelf>, version: number): Promise<void> {
  for (const role of ["targets", "snapshot"] as const) await shelf.remove(metadataName(role, version - 1));
}
