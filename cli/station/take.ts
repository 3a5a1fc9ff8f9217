import { EXIT } from "../exit.ts";
import type { Given, Verb } from "../verb.ts";
import { finishList } from "./list-acts.ts";
import { checkList, listVersion } from "./list-change.ts";
import { finish as finishRelease } from "./release.ts";
import { checkDraft, draftPath } from "./release-draft.ts";
import { neededRoot } from "./repository.ts";
import {
  finish as finishRoots,
  isComplete as rootsComplete,
  rootsDraft,
  progress as rootsProgress,
} from "./root.ts";
import { readRoots } from "./roots.ts";
import { takeRotation } from "./rotate-acts.ts";
import { isComplete, progressText } from "./sign-release.ts";
import {
  type ListFile,
  merged,
  type ReleaseFile,
  type RootsFile,
  readSigningFile,
  writeSigningFile,
} from "./signing-file.ts";
import {
  draftsFolder,
  FOLDER_LINE,
  openFolder,
  openStation,
  readIfThere,
  STATION_OPTIONS,
  type Station,
} from "./station.ts";
import { StationError } from "./station-error.ts";

export const verb: Verb = {
  usage: `Usage: fiducial take FILE...

Takes in files that others signed, roots, releases or lists: checks them, adds their signatures to what waits here, and puts what is
complete into repository/. Signs nothing. People may sign one after the other or all at once; taking a file twice does nothing.

${FOLDER_LINE}`,
  options: { ...STATION_OPTIONS },
  run: take,
};

async function take(given: Given): Promise<number> {
  const station = await openStation(given);
  if (given.positionals.length === 0)
    throw new StationError("usage", "Say which files: those that came back from the others.");
  let complete = true;
  for (const path of given.positionals) {
    const file = await readSigningFile(path);
    if (file.what === "roots") complete = await takeRoots(station, file);
    else if (file.what === "rotation") complete = await takeRotation(station, file);
    else if (file.what === "list") complete = await takeList(station, file);
    else complete = await takeRelease(station, file);
  }
  return complete ? EXIT.ok : EXIT.problem;
}

async function takeRoots(station: Station, theirs: RootsFile): Promise<boolean> {
  readRoots(theirs);
  const path = rootsDraft(station);
  const mine = (await readIfThere(path)) === null ? theirs : await readSigningFile(path);
  if (mine.what !== "roots") throw new StationError("folder", `${path} holds no roots.`);
  const both = { ...mine };
  for (const repository of ["release", "director"] as const) {
    const { bytes } = readRoots(mine)[repository];
    both[repository] = merged(bytes, "root", mine[repository], theirs[repository]);
  }
  await openFolder(draftsFolder(station));
  await writeSigningFile(path, both);
  process.stdout.write(rootsProgress(both));
  if (!rootsComplete(both)) return false;
  await finishRoots(station, both);
  return true;
}

async function takeList(station: Station, theirs: ListFile): Promise<boolean> {
  const root = await neededRoot(station);
  await checkList(station, root, theirs);
  const path = draftPath(station, theirs.withdraws === null ? "renew" : `withdraw-${theirs.withdraws}`);
  const there = (await readIfThere(path)) === null ? theirs : await readSigningFile(path);
  if (there.what !== "list") throw new StationError("folder", `${path} holds no list.`);
  // One with a lower number was completed or overtaken: it has nothing to add.
  const mine = listVersion(there) < listVersion(theirs) ? theirs : there;
  const both = { ...mine, targets: merged(root.bytes, "targets", mine.targets, theirs.targets) };
  await openFolder(draftsFolder(station));
  await writeSigningFile(path, both);
  process.stdout.write(`${progressText(root, both)}\n`);
  if (!isComplete(root, both)) return false;
  await finishList(station, both);
  return true;
}

async function takeRelease(station: Station, theirs: ReleaseFile): Promise<boolean> {
  const root = await neededRoot(station);
  await checkDraft(station, root, theirs);
  const path = draftPath(station, theirs.name);
  const mine = (await readIfThere(path)) === null ? theirs : await readSigningFile(path);
  if (mine.what !== "release") throw new StationError("folder", `${path} holds no release.`);
  const both = { ...mine, targets: merged(root.bytes, "targets", mine.targets, theirs.targets) };
  await openFolder(draftsFolder(station));
  await writeSigningFile(path, both);
  process.stdout.write(`${progressText(root, both)}\n`);
  if (!isComplete(root, both)) return false;
  await finishRelease(station, both);
  return true;
}
