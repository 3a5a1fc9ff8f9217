import type { TargetsBody } from "#core/trust/metadata.ts";
import type { Signers } from "./key-ring.ts";
import { checkDraft, installRelease } from "./release-draft.ts";
import type { Signed } from "./repository.ts";
import { names, signingText } from "./show-signing.ts";
import {
  fingerprintOf,
  type ListFile,
  type ReleaseFile,
  signingState,
  withSignature,
  writeSigningFile,
} from "./signing-file.ts";
import type { Station } from "./station.ts";
import { StationError } from "./station-error.ts";

/** What people sign of the release repository once its roots are there. */
export type TargetsFile = ReleaseFile | ListFile;

/** Signs a checked draft with the key of one person, and keeps it: the signature is worth nothing if it is lost. */
export async function signRelease<F extends TargetsFile>(
  { ring, root, as }: { ring: Signers; root: Signed<"root">; as: string | null },
  path: string,
  { file }: { file: F },
): Promise<{ file: F; by: string }> {
  const wanted = new Set(
    root.body.roles.targets.keyids.flatMap((id) => root.body.keys[id]?.keyval.public ?? []),
  );
  const { name, key } = await ring.signer("release", wanted, as);
  const signed = { ...file, targets: withSignature(file.targets, key) };
  await writeSigningFile(path, signed);
  return { file: signed, by: name };
}

export function isComplete(root: Signed<"root">, file: TargetsFile): boolean {
  return signingState(root, "targets", file.targets).needed === 0;
}

/** How people call it: a release by its name, a list by what it does. */
export function titleOf(file: TargetsFile): string {
  if (file.what === "release") return file.name;
  return file.withdraws === null ? "the renewed list" : `the withdrawal of ${file.withdraws}`;
}

export function progressText(root: Signed<"root">, file: TargetsFile): string {
  return `${titleOf(file)}: ${signingText(signingState(root, "targets", file.targets))}`;
}

export function fingerprintText(file: TargetsFile): string {
  return `Fingerprint, the same for everybody who signs this: ${fingerprintOf([file.targets])}`;
}

/** Checks again, because the file may have come from elsewhere meanwhile, and installs. Throws StationError below the threshold. */
export async function installComplete(
  station: Station,
  root: Signed<"root">,
  file: ReleaseFile,
): Promise<TargetsBody> {
  const { needed, open, signed } = signingState(root, "targets", file.targets);
  if (needed > 0)
    throw new StationError(
      "incomplete",
      `${file.name} has ${signed.length} of ${signed.length + needed} signatures. Missing: ${needed} of ${names(open)}.`,
    );
  const checked = await checkDraft(station, root, file);
  await installRelease(station, root, checked);
  return checked.targets.body;
}
