import { expiresAt, sealMetadata, signedDigest } from "#agent/trust/seal.ts";
import {
  type ReleaseTargetCustom,
  releaseTargetCustomSchema,
  releaseTargetPath,
} from "#core/release/release.ts";
import { targetsBody } from "#core/trust/bodies.ts";
import { metadataName } from "#core/trust/layout.ts";
import type { SignedTarget, TargetsBody } from "#core/trust/metadata.ts";
import {
  addToRepository,
  currentTargets,
  needKnownList,
  needMetadata,
  needThreshold,
  type Signed,
} from "./repository.ts";
import { bytesOf, envelopeOf, type ListFile } from "./signing-file.ts";
import type { Station } from "./station.ts";
import { StationError } from "./station-error.ts";
import { TARGETS_VALID_MS } from "./validity.ts";

/** What a new list of the same releases does: it lasts longer, and it may take one release back. */
export type ListChange = { withdraws: { name: string; reason: string } | null };

const MOST_REASON = 1024;

/** The next list, unsigned. Throws StationError for a release that is not there, or was withdrawn before: a withdrawal is for good. */
export function listDraft(before: Signed<"targets">, { withdraws }: ListChange, nowMs: number): ListFile {
  if (withdraws !== null && (withdraws.reason.trim() === "" || withdraws.reason.length > MOST_REASON))
    throw new StationError(
      "usage",
      `Say why with --reason TEXT (at most ${MOST_REASON} characters): everybody who signs and every scanner's page shows it.`,
    );
  return {
    schema: "fiducial.signing/1",
    what: "list",
    withdraws: withdraws?.name ?? null,
    targets: envelopeOf(
      sealMetadata(nextList(before.body, { withdraws }, expiresAt(nowMs + TARGETS_VALID_MS)), []),
    ),
    previous: envelopeOf(before.bytes),
  };
}

function nextList(before: TargetsBody, { withdraws }: ListChange, expires: string): TargetsBody {
  const targets = { ...before.targets };
  if (withdraws !== null) {
    const path = releaseTargetPath(withdraws.name);
    const target = targets[path];
    if (target === undefined)
      throw new StationError("usage", `There is no release ${withdraws.name} in the list.`);
    const custom = customOf(target);
    if (custom === null || custom.withdrawn !== null)
      throw new StationError(
        "usage",
        `${withdraws.name} is withdrawn already: ${custom?.withdrawn ?? "unreadable"}.`,
      );
    targets[path] = { ...target, custom: { ...custom, withdrawn: withdraws.reason } };
  }
  return targetsBody({ version: before.version + 1, expires, targets });
}

function customOf(target: SignedTarget | undefined): ReleaseTargetCustom | null {
  return releaseTargetCustomSchema.safeParse(target?.custom).data ?? null;
}

/** The number of the list in a file, before anything in it is believed. */
export function listVersion({ targets }: ListFile): number {
  return needMetadata("targets", bytesOf(targets)).body.version;
}

/** A list to sign after every check that does not need a person. */
export type CheckedList = {
  file: ListFile;
  targets: Signed<"targets">;
  before: Signed<"targets">;
  withdraws: ListChange["withdraws"];
};

/**
 * Checks what came from somebody: it has to be, word by word, the list before with the next number, a later end, and at most the one
 * release withdrawn that it says. Whatever else rode along would be signed unseen. Throws StationError.
 */
export async function checkList(
  station: Pick<Station, "folder">,
  root: Signed<"root">,
  file: ListFile,
): Promise<CheckedList> {
  const before = needMetadata("targets", bytesOf(file.previous));
  await needKnownList(station, root, before);
  const targets = needMetadata("targets", bytesOf(file.targets));
  const reason =
    file.withdraws === null
      ? null
      : (customOf(targets.body.targets[releaseTargetPath(file.withdraws)])?.withdrawn ?? "");
  if (reason === "")
    throw new StationError("refused", `This list does not withdraw ${file.withdraws}, as its file says.`);
  const withdraws = file.withdraws === null || reason === null ? null : { name: file.withdraws, reason };
  const { expires } = targets.body;
  if (
    Date.parse(expires) < Date.parse(before.body.expires) ||
    signedDigest(sealMetadata(nextList(before.body, { withdraws }, expires), [])) !==
      signedDigest(targets.bytes)
  )
    throw new StationError(
      "refused",
      `This list changes more than its file says (compared with list ${before.body.version}). Nobody should sign it.`,
    );
  await needNext(await currentTargets(station, root), before, targets);
  return { file, targets, before, withdraws };
}

/** Never over a list that this station knows: two lists with one number would divide the scanners. */
async function needNext(
  own: Signed<"targets"> | null,
  before: Signed<"targets">,
  targets: Signed<"targets">,
): Promise<void> {
  if (own === null || own.body.version < before.body.version) return;
  const same = own.body.version === before.body.version ? before : targets;
  if (own.body.version <= targets.body.version && signedDigest(own.bytes) === signedDigest(same.bytes))
    return;
  throw new StationError(
    "refused",
    `This station knows list ${own.body.version} already, and this would be another list ${targets.body.version}: make it anew.`,
  );
}

/** Puts a complete list into the repository, after the one it builds on. Throws StationError below the threshold. */
export async function installList(
  station: Pick<Station, "folder">,
  root: Signed<"root">,
  { before, targets }: CheckedList,
): Promise<void> {
  needThreshold(root.bytes, "targets", targets.bytes);
  for (const one of [before, targets])
    await addToRepository(station, `release/${metadataName("targets", one.body.version)}`, one.bytes);
}

/** What people read before they sign. */
export function listChangeText({ targets, before, withdraws }: CheckedList): string {
  const what =
    withdraws === null
      ? "the same releases for longer"
      : `withdraws ${withdraws.name}: ${withdraws.reason}\n  No scanner goes forward to it any more; those that run it go on, and the way back stays open.`;
  return `List ${targets.body.version}, after list ${before.body.version}, until ${targets.body.expires} (before: ${before.body.expires})\n  ${what}\n`;
}
