import { join } from "node:path";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { type Release, releaseTargetPath } from "#core/release/release.ts";
import { CACHE_FOLDER, targetName } from "#core/trust/layout.ts";
import { cacheProblem, narProblem, pathsOf } from "./cache.ts";
import { ensureCacheKey } from "./cache-key.ts";
import { Progress } from "./progress.ts";
import {
  currentRoot,
  currentTargets,
  firstRootPath,
  isSignedBy,
  listedReleases,
  neededRoot,
  readListed,
} from "./repository.ts";
import { readIfThere, readNeeded, repositoryFolderOf, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";
import { verifyRepository } from "./verify-repository.ts";
import { waitingText } from "./waiting.ts";

export type OwnRepository = {
  root: number;
  /** Of the director. */
  directorRoot: number;
  targets: number;
  /** Those whose files are here and that are not withdrawn, with where the file lies below `release/`. */
  releases: { release: Release; file: string }[];
};

/** What is published from here has to verify here first. Throws StationError that says what does not. */
export async function verifyOwn(station: Station): Promise<OwnRepository> {
  const root = await neededRoot(station);
  const targets = await currentTargets(station, root);
  if (targets === null)
    throw new StationError(
      "incomplete",
      `There is nothing to publish yet: no release has enough signatures. "fiducial ship WHAT" (one person) or "fiducial release create WHAT" makes one.
${await waitingText(station, root)}`.trimEnd(),
    );
  if (!isSignedBy(root.bytes, targets.bytes))
    throw new StationError(
      "refused",
      `List ${targets.body.version} is signed by keys that count no more since root ${root.body.version}: sign it anew with "fiducial release renew".`,
    );
  if (Date.parse(targets.body.expires) <= Date.now())
    throw new StationError(
      "refused",
      `The list of releases expired at ${targets.body.expires}; a new release makes a new list, and "fiducial release renew" one without.`,
    );
  const releases: OwnRepository["releases"] = [];
  for (const one of listedReleases(targets.body)) {
    const file = targetName(releaseTargetPath(one.name), one.target.hashes.sha256);
    // A station that only ever signed does not have the files of all the others; a server that misses one says so.
    if ((await readIfThere(join(repositoryFolderOf(station), "release", file))) === null) continue;
    const { release } = await readListed(station, one);
    if (one.withdrawn === null) releases.push({ release, file });
  }
  await needWholeCache(
    station,
    releases.map((one) => one.release),
  );
  if (station.settings.onlineKeys === "here") await needBelieved(station);
  const directorRoot = (await currentRoot(station, "director"))?.body.version ?? 1;
  return { root: root.body.version, directorRoot, targets: targets.body.version, releases };
}

async function needWholeCache(station: Station, releases: readonly Release[]): Promise<void> {
  const cache = join(repositoryFolderOf(station), CACHE_FOLDER);
  const { publicText } = await ensureCacheKey(station);
  const paths = [...new Map(releases.flatMap(pathsOf).map((one) => [one.path, one])).values()];
  const progress = new Progress(
    "Checking the cache",
    paths.reduce((sum, one) => sum + one.narSize, 0),
  );
  for (const one of paths) {
    const problem = (await cacheProblem(cache, one, publicText)) ?? (await narProblem(cache, one));
    if (problem !== null) throw new StationError("refused", `${one.path} ${problem}. Nothing was published.`);
    progress.add(one.narSize);
  }
  progress.end();
}

async function needBelieved(station: Station): Promise<void> {
  const firstRoot = await readNeeded(firstRootPath(station, "release"), "first root");
  const looked = await verifyRepository(
    folderFetcher(join(repositoryFolderOf(station), "release")),
    firstRoot,
    Date.now(),
  );
  if (!looked.ok)
    throw new StationError(
      "refused",
      `A scanner would refuse this repository: ${looked.why}. Nothing was published.`,
    );
}
