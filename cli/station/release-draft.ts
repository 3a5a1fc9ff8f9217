import { join } from "node:path";
import { expiresAt, sealMetadata, signedDigest, targetMeta } from "#agent/trust/seal.ts";
import {
  type Release,
  type ReleaseTargetCustom,
  releaseNameSchema,
  releaseTargetPath,
} from "#core/release/release.ts";
import { canonicalJson } from "#core/report/digest.ts";
import { targetsBody } from "#core/trust/bodies.ts";
import { metadataName, targetName } from "#core/trust/layout.ts";
import {
  addToRepository,
  currentTargets,
  listedReleases,
  needKnownList,
  needMetadata,
  needRelease,
  needThreshold,
  readListed,
  type Signed,
} from "./repository.ts";
import { bytesOf, envelopeOf, type ReleaseFile } from "./signing-file.ts";
import { draftsFolder, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";
import { TARGETS_VALID_MS } from "./validity.ts";

/** What this station knows to be released, with the release that the next one is compared with. */
export type Base = {
  targets: Signed<"targets"> | null;
  newest: { release: Release; text: string; floor: number } | null;
};

export async function readBase(station: Pick<Station, "folder">, root: Signed<"root">): Promise<Base> {
  const targets = await currentTargets(station, root);
  const listed = listedReleases(targets?.body ?? null);
  const [first] = listed;
  if (first === undefined) return { targets, newest: null };
  const { release, text } = await readListed(station, first);
  return { targets, newest: { release, text, floor: Math.max(...listed.map((one) => one.floor)) } };
}

export function draftPath(station: Pick<Station, "folder">, name: string): string {
  return join(draftsFolder(station), `${name}.signing.json`);
}

/** The next list of releases with this one in it, unsigned, and everything that is needed to look at it. */
export function draftOf(base: Base, release: Release, text: string): ReleaseFile {
  const custom: ReleaseTargetCustom = { counter: release.counter, floor: release.floor, withdrawn: null };
  const body = targetsBody({
    version: (base.targets?.body.version ?? 0) + 1,
    expires: expiresAt(release.createdAtMs + TARGETS_VALID_MS),
    targets: {
      ...base.targets?.body.targets,
      [releaseTargetPath(release.name)]: targetMeta(Buffer.from(text, "utf8"), custom),
    },
  });
  return {
    schema: "fiducial.signing/1",
    what: "release",
    name: release.name,
    targets: envelopeOf(sealMetadata(body, [])),
    release: text,
    previous:
      base.targets === null || base.newest === null
        ? null
        : {
            targets: envelopeOf(base.targets.bytes),
            name: base.newest.release.name,
            release: base.newest.text,
          },
  };
}

/** A file to sign after every check that does not need a person. */
export type Checked = {
  file: ReleaseFile;
  release: Release;
  /** What it is compared with. */
  previous: Release | null;
  targets: Signed<"targets">;
  /** A list that this station did not know yet: signed by enough people, so it is believed. */
  newer: Signed<"targets"> | null;
};

/**
 * Checks what came from somebody against this station's own root and list. Throws StationError for everything that nobody should sign:
 * other content than named, a list that was built on another one, releases that changed or vanished, a counter or floor that falls.
 */
export async function checkDraft(
  station: Pick<Station, "folder">,
  root: Signed<"root">,
  file: ReleaseFile,
): Promise<Checked> {
  const targets = needMetadata("targets", bytesOf(file.targets));
  const release = releaseIn(targets, file.name, file.release);
  const base = await readBase(station, root);
  const claimed = await claimedPrevious(station, root, file);
  const newer = await newerList(base, claimed?.targets ?? null, targets);
  const before = newer ?? base.targets;
  needOnlyAddition(before, targets, file.name);
  const isHere = targets.body.version <= (base.targets?.body.version ?? 0);
  const previous = newer !== null || isHere ? (claimed?.release ?? null) : (base.newest?.release ?? null);
  needForward(before, release);
  return { file, release, previous, targets, newer };
}

function releaseIn(targets: Signed<"targets">, name: string, text: string): Release {
  const target = targets.body.targets[releaseTargetPath(releaseNameSchema.parse(name))];
  if (target === undefined)
    throw new StationError("refused", `The list of releases in this file does not hold ${name}.`);
  return needRelease(name, target, Buffer.from(text, "utf8"));
}

async function claimedPrevious(
  station: Pick<Station, "folder">,
  root: Signed<"root">,
  { previous }: ReleaseFile,
) {
  if (previous === null) return null;
  const targets = needMetadata("targets", bytesOf(previous.targets));
  await needKnownList(station, root, targets);
  return { targets, release: releaseIn(targets, previous.name, previous.release) };
}

/** The list that the draft builds on, when this station has an older one. */
async function newerList(base: Base, claimed: Signed<"targets"> | null, draft: Signed<"targets">) {
  const own = base.targets?.body.version ?? 0;
  const { version } = draft.body;
  const builtOn = claimed?.body.version ?? 0;
  if (version !== builtOn + 1)
    throw new StationError(
      "refused",
      `List ${version} is said to follow list ${builtOn}. Nobody should sign it.`,
    );
  if (version <= own && !(await isKnown(base, draft)))
    throw new StationError(
      "refused",
      `This station knows list ${own} already, and this would be another list ${version}: create the release anew.`,
    );
  if (claimed === null || builtOn < own) return null;
  if (builtOn > own) return claimed;
  if (base.targets !== null && signedDigest(base.targets.bytes) !== signedDigest(claimed.bytes))
    throw new StationError(
      "refused",
      `There are two different lists ${own}, both signed by enough people: find out why before you sign.`,
    );
  return null;
}

async function isKnown({ targets }: Base, draft: Signed<"targets">): Promise<boolean> {
  return targets !== null && signedDigest(targets.bytes) === signedDigest(draft.bytes);
}

/** A draft adds one release. What else it changes would ride along unseen, so it is refused. */
function needOnlyAddition(before: Signed<"targets"> | null, draft: Signed<"targets">, name: string): void {
  const path = releaseTargetPath(name);
  const old = before?.body.targets ?? {};
  const touched = Object.keys({ ...old, ...draft.body.targets }).filter(
    (one) =>
      one !== path && canonicalJson(old[one] ?? null) !== canonicalJson(draft.body.targets[one] ?? null),
  );
  if (touched.length > 0)
    throw new StationError(
      "refused",
      `Beside ${name} this list changes ${touched.join(", ")}. Nobody should sign it.`,
    );
  if (old[path] !== undefined && canonicalJson(old[path]) !== canonicalJson(draft.body.targets[path]))
    throw new StationError("refused", `There is a release ${name} already, and it says something else.`);
}

function needForward(before: Signed<"targets"> | null, release: Release): void {
  const others = listedReleases(before?.body ?? null).filter((one) => one.name !== release.name);
  const counter = Math.max(0, ...others.map((one) => one.counter));
  const floor = Math.max(0, ...others.map((one) => one.floor));
  if (release.counter <= counter)
    throw new StationError(
      "refused",
      `Its counter ${release.counter} is not above ${counter}, which was released already.`,
    );
  if (release.floor < floor)
    throw new StationError(
      "refused",
      `Its floor ${release.floor} is below ${floor}, which scanners hold already and never give back.`,
    );
  if (release.floor > release.counter)
    throw new StationError(
      "refused",
      `Its floor ${release.floor} is above its own counter ${release.counter}: no scanner could take it.`,
    );
}

/** Puts a complete release into the repository: the file first, the list that names it last. */
export async function installRelease(
  station: Pick<Station, "folder">,
  root: Signed<"root">,
  checked: Checked,
): Promise<void> {
  const { file, targets, newer } = checked;
  needThreshold(root.bytes, "targets", targets.bytes);
  if (newer !== null && file.previous !== null)
    await install(station, newer, file.previous.name, file.previous.release);
  await install(station, targets, file.name, file.release);
}

async function install(
  station: Pick<Station, "folder">,
  targets: Signed<"targets">,
  name: string,
  text: string,
): Promise<void> {
  const path = releaseTargetPath(name);
  const sha256 = targets.body.targets[path]?.hashes.sha256 ?? "";
  await addToRepository(station, `release/${targetName(path, sha256)}`, Buffer.from(text, "utf8"));
  await addToRepository(station, `release/${metadataName("targets", targets.body.version)}`, targets.bytes);
}
