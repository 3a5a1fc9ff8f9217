import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { listVersion } from "./list-change.ts";
import { currentTargets, type Signed } from "./repository.ts";
import { isComplete, progressText, type TargetsFile } from "./sign-release.ts";
import { readSigningFile } from "./signing-file.ts";
import { draftsFolder, type Station } from "./station.ts";

/** Releases and lists of this station that too few people have signed. */
export async function waitingReleases(station: Station, root: Signed<"root">): Promise<TargetsFile[]> {
  const names = (await readdir(draftsFolder(station))).filter((name) => name.endsWith(".signing.json"));
  const files = await Promise.all(
    names.sort().map((name) => readSigningFile(join(draftsFolder(station), name))),
  );
  const current = (await currentTargets(station, root))?.body.version ?? 0;
  return files
    .filter((file) => file.what === "release" || file.what === "list")
    .filter((file) => file.what === "release" || listVersion(file) > current)
    .filter((file) => !isComplete(root, file));
}

/** Who has signed each of them and what is missing, one line each. */
export async function waitingText(station: Station, root: Signed<"root">): Promise<string> {
  const files = await waitingReleases(station, root);
  return files.map((file) => `not published, ${progressText(root, file)}\n`).join("");
}
