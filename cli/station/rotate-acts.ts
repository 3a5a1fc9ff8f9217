import { join } from "node:path";
import { holdersOf } from "#core/release/holders.ts";
import type { RepositoryName } from "#core/trust/layout.ts";
import type { OnlineKeys } from "#core/trust/online-keys.ts";
import { EXIT } from "../exit.ts";
import { type Given, textOf } from "../verb.ts";
import { confirm } from "./confirm.ts";
import { signersOf } from "./external-signer.ts";
import type { PublicFile } from "./key-ring.ts";
import {
  BOTH,
  currentRoots,
  differenceText,
  installRotation,
  makeRotation,
  mergedRotation,
  type RootPair,
  readRotation,
  rotationState,
} from "./rotate.ts";
import { names, signingText } from "./show-signing.ts";
import {
  fingerprintOf,
  type RotationFile,
  readSigningFile,
  withSignature,
  writeSigningFile,
} from "./signing-file.ts";
import { draftsFolder, openFolder, readIfThere, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";
import { ROOT_VALID_MS } from "./validity.ts";

const PURPOSE_OF = { release: "release-root", director: "director-root" } as const;

export function rotationDraft(station: Station): string {
  return join(draftsFolder(station), "rotation.signing.json");
}

type RotateAsk = {
  add: readonly PublicFile[];
  remove: readonly string[];
  rootThreshold: number | null;
  releaseThreshold: number | null;
  online: OnlineKeys | null;
};

/** `fiducial root rotate`: writes the next roots, signed by nobody yet. */
export async function rotate(station: Station, ask: RotateAsk): Promise<number> {
  const before = await currentRoots(station);
  const path = rotationDraft(station);
  const there = await readIfThere(path);
  if (there !== null && !(await isDone(before, path)))
    throw new StationError("usage", `${path} is waiting for signatures already. Remove it to begin anew.`);
  const file = makeRotation(before, { ...ask, validMs: ROOT_VALID_MS, nowMs: Date.now() });
  await openFolder(draftsFolder(station));
  await writeSigningFile(path, file);
  process.stdout.write(
    `${described(before, file)}Wrote ${path}. Give it to each who signs: fiducial root sign FILE\n`,
  );
  return EXIT.ok;
}

async function isDone(before: RootPair, path: string): Promise<boolean> {
  const file = await readSigningFile(path);
  if (file.what !== "rotation") return false;
  const next = readRotationOrNull(before, file);
  return next === null || BOTH.every((one) => next[one].body.version === before[one].body.version);
}

/** Null: it follows other roots than this station has by now. */
function readRotationOrNull(before: RootPair, file: RotationFile): RootPair | null {
  try {
    return readRotation(before, file);
  } catch (error) {
    if (error instanceof StationError) return null;
    throw error;
  }
}

function described(before: RootPair, file: RotationFile): string {
  const next = readRotation(before, file);
  return `${differenceText(before, next)}Fingerprint: ${fingerprintOf([file.release, file.director])}\n`;
}

export async function showRotation(station: Station, file: RotationFile): Promise<number> {
  const before = await currentRoots(station);
  process.stdout.write(`${described(before, file)}${progress(before, file)}`);
  return isComplete(before, file) ? EXIT.ok : EXIT.problem;
}

/** Shows, asks, signs, and puts the roots into force when enough of both sides have signed. */
export async function signRotation(
  station: Station,
  given: Given,
  path: string,
  file: RotationFile,
): Promise<number> {
  const before = await currentRoots(station);
  const next = readRotation(before, file);
  process.stdout.write(described(before, file));
  await confirm(given, "Sign these roots?");
  const ring = await signersOf(station, given);
  const signed = { ...file };
  for (const repository of BOTH) {
    const wanted = new Set([before, next].flatMap((roots) => rootKeys(roots, repository)));
    const { key } = await ring.signer(PURPOSE_OF[repository], wanted, textOf(given, "as") ?? null);
    signed[repository] = withSignature(file[repository], key);
  }
  await writeSigningFile(path, signed);
  process.stdout.write(`Signed. ${progress(before, signed)}`);
  if (isComplete(before, signed)) await finish(station, before, signed);
  else process.stdout.write(`Give ${path} to the next: fiducial root sign FILE\n`);
  return EXIT.ok;
}

function rootKeys(roots: RootPair, repository: RepositoryName): string[] {
  const { body } = roots[repository];
  return body.roles.root.keyids.flatMap((id) => body.keys[id]?.keyval.public ?? []);
}

export async function takeRotation(station: Station, theirs: RotationFile): Promise<boolean> {
  const before = await currentRoots(station);
  const next = readRotation(before, theirs);
  const path = rotationDraft(station);
  const mine =
    (await readIfThere(path)) === null || (await isDone(before, path)) ? theirs : await readSigningFile(path);
  if (mine.what !== "rotation") throw new StationError("folder", `${path} holds no roots.`);
  const both = mergedRotation(before, next, mine, theirs);
  await openFolder(draftsFolder(station));
  await writeSigningFile(path, both);
  process.stdout.write(progress(before, both));
  if (!isComplete(before, both)) return false;
  await finish(station, before, both);
  return true;
}

function isComplete(before: RootPair, file: RotationFile): boolean {
  const states = rotationState(before, readRotation(before, file), file);
  return states.every(({ old, own }) => old.needed === 0 && own.needed === 0);
}

function progress(before: RootPair, file: RotationFile): string {
  return rotationState(before, readRotation(before, file), file)
    .map(
      ({ repository, old, own }) =>
        `${repository} root, by those who count now: ${signingText(old)}\n${repository} root, by its own: ${signingText(own)}\n`,
    )
    .join("");
}

async function finish(station: Station, before: RootPair, file: RotationFile): Promise<void> {
  await installRotation(station, before, file);
  const next = readRotation(before, file);
  const lost = before.release.body.roles.targets.keyids.filter(
    (id) => !next.release.body.roles.targets.keyids.includes(id),
  );
  const holders = holdersOf(before.release.body);
  const gone = names(lost.map((keyId) => ({ keyId, holder: holders.get(keyId) ?? null })));
  const again =
    lost.length === 0
      ? ""
      : `The list of releases may be signed by ${gone}, who counts no more: sign it anew with "fiducial release renew" before you publish.\n`;
  process.stdout.write(
    `The roots are complete and in repository/. ${again}fiducial publish brings them to the scanners.\n`,
  );
}
