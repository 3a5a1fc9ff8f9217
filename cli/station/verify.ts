import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { NARINFO_LIMIT_BYTES, narFingerprint, narinfoName, parseNarinfo } from "#core/closure/narinfo.ts";
import type { SystemPath } from "#core/release/closure.ts";
import { CACHE_FOLDER } from "#core/trust/layout.ts";
import { EXIT } from "../exit.ts";
import { type Given, textOf, type Verb } from "../verb.ts";
import { cacheProblem, narProblem, pathsOf } from "./cache.ts";
import { checkList } from "./list-change.ts";
import { Progress } from "./progress.ts";
import { checkDraft } from "./release-draft.ts";
import { firstRootPath, neededRoot } from "./repository.ts";
import { openServer, serverFetcher } from "./server-client.ts";
import { fingerprintText, isComplete, progressText } from "./sign-release.ts";
import { readSigningFile } from "./signing-file.ts";
import {
  FOLDER_LINE,
  folderOf,
  openStation,
  readIfThere,
  readSettings,
  repositoryFolderOf,
  STATION_OPTIONS,
} from "./station.ts";
import { StationError } from "./station-error.ts";
import { type VerifiedRepository, verifyRepository } from "./verify-repository.ts";

export const verb: Verb = {
  usage: `Usage: fiducial verify [FOLDER|ADDRESS|FILE] [option...]

Checks what a scanner would check, with the scanner's own code, beginning at the first root: signatures, thresholds, versions,
expiry, every release file, and that the cache holds exactly the signed paths. FOLDER is this station's repository unless you
say another (a stick, a copy); ADDRESS is a server; FILE is one that waits for signatures. Exit status 5: it is refused.

  --first-root FILE      believe this root first, instead of this station's own
  --no-nars              do not hash every NAR of a folder, only look at its size
  --ca-file FILE         certificate authorities believed beside the built-in ones
${FOLDER_LINE}  --json                 the result as JSON
`,
  options: {
    ...STATION_OPTIONS,
    "first-root": { type: "string" },
    "no-nars": { type: "boolean" },
    "ca-file": { type: "string" },
    json: { type: "boolean" },
  },
  run: verify,
};

async function verify(given: Given): Promise<number> {
  const what = given.positionals[0] ?? repositoryFolderOf({ folder: folderOf(given) });
  if (/^https?:/.test(what)) return verifyServer(given, what);
  const info = await stat(what).catch(() => null);
  if (info === null) throw new StationError("folder", `There is no ${what}.`);
  return info.isDirectory() ? verifyFolder(given, resolve(what)) : verifyFile(given, what);
}

/** @param station where the person's own roots are, unless one is named */
async function firstRootFor(given: Given, station: string): Promise<Uint8Array> {
  const path = textOf(given, "first-root") ?? firstRootPath({ folder: station }, "release");
  const bytes = await readIfThere(path);
  if (bytes !== null) return bytes;
  throw new StationError(
    "usage",
    `Everything is believed from the first root on, and there is none at ${path}: say --first-root FILE.`,
  );
}

async function verifyFolder(given: Given, folder: string): Promise<number> {
  const isStation = (await readSettings(folder)) !== null;
  const base = isStation ? repositoryFolderOf({ folder }) : folder;
  const cache = join(base, CACHE_FOLDER);
  const hashNars = given.values["no-nars"] !== true;
  return report(
    { given, where: base, station: isStation ? folder : folderOf(given) },
    folderFetcher(join(base, "release")),
    async (one) => (await cacheProblem(cache, one, null)) ?? (hashNars ? await narProblem(cache, one) : null),
  );
}

async function verifyServer(given: Given, address: string): Promise<number> {
  const server = openServer(address, textOf(given, "ca-file") ?? null);
  try {
    const cache = serverFetcher(server, "/agent/v1/cache/");
    const at = { given, where: address, station: folderOf(given) };
    return await report(at, serverFetcher(server, "/agent/v1/tuf/release/"), async (one) => {
      const fetched = await cache(narinfoName(one.path), NARINFO_LIMIT_BYTES);
      if (!fetched.ok) return `is not in the cache (${fetched.detail})`;
      const info = parseNarinfo(Buffer.from(fetched.bytes).toString("utf8"));
      return info !== null && narFingerprint(info) === narFingerprint(one)
        ? null
        : "is another one in the cache than in the release";
    });
  } finally {
    server.close();
  }
}

async function report(
  { given, where, station }: { given: Given; where: string; station: string },
  fetcher: Fetcher,
  pathProblem: (one: SystemPath) => Promise<string | null>,
): Promise<number> {
  const looked = await verifyRepository(fetcher, await firstRootFor(given, station), Date.now());
  if (!looked.ok) throw notBelieved(where, looked, (await readSettings(station))?.publishTo ?? null);
  const { found } = looked;
  found.problems.push(...(await pathProblems(found, pathProblem)));
  process.stdout.write(given.values.json === true ? asJson(found) : asText(where, found));
  return found.problems.length === 0 ? EXIT.ok : EXIT.refused;
}

function notBelieved(
  where: string,
  { because, why }: { because: "absent" | "unreached" | "refused"; why: string },
  publishTo: string | null,
): StationError {
  if (because === "refused") return new StationError("refused", `A scanner would refuse ${where}: ${why}.`);
  if (because === "unreached") return new StationError("unreachable", `${where} was not looked at: ${why}`);
  const server = /^https?:/.test(publishTo ?? "") ? `fiducial verify ${publishTo}` : "verify the server";
  return new StationError(
    "folder",
    `${where} is not complete: ${why}. Where a server's signer keeps the list fresh, ${server}; a folder of its own needs "fiducial freshen".`,
  );
}

/** Paths of releases that are not withdrawn, each once. */
export async function pathProblems(
  { releases }: VerifiedRepository,
  pathProblem: (one: SystemPath) => Promise<string | null>,
): Promise<string[]> {
  const wanted = releases.flatMap(({ release, withdrawn }) =>
    release === null || withdrawn !== null ? [] : pathsOf(release),
  );
  const paths = [...new Map(wanted.map((one) => [one.path, one])).values()];
  const progress = new Progress(
    "Checking the cache",
    paths.reduce((sum, one) => sum + one.narSize, 0),
  );
  const problems: string[] = [];
  for (const one of paths) {
    const problem = await pathProblem(one);
    if (problem !== null) problems.push(`${one.path} ${problem}`);
    progress.add(one.narSize);
  }
  progress.end();
  return problems;
}

function asJson({ targets, signers, threshold, releases, problems }: VerifiedRepository): string {
  const listed = releases.map(({ release: _, ...one }) => one);
  const said = {
    versions: targets.versions,
    expiresAtMs: targets.expiresAtMs,
    signers,
    threshold,
    releases: listed,
    problems,
  };
  return `${JSON.stringify(said, null, 2)}\n`;
}

const MOST_SHOWN = 20;

function asText(
  where: string,
  { targets, signers, threshold, releases, problems }: VerifiedRepository,
): string {
  const { versions, expiresAtMs } = targets;
  const head = `${where}\n  root ${versions.root}, list ${versions.targets}, fresh until ${new Date(expiresAtMs).toISOString()}\n  signed by ${signers.join(", ")} (${threshold} needed)\n`;
  const lines = releases.map(
    ({ name, counter, floor, withdrawn }) =>
      `  ${name}: counter ${counter}, floor ${floor}${withdrawn === null ? "" : `, withdrawn: ${withdrawn}`}\n`,
  );
  const wrong = problems.slice(0, MOST_SHOWN).map((one) => `  REFUSED: ${one}\n`);
  const more = problems.length > MOST_SHOWN ? `  and ${problems.length - MOST_SHOWN} more\n` : "";
  return `${head}${lines.join("")}${problems.length === 0 ? "  everything verifies\n" : `${wrong.join("")}${more}`}`;
}

async function verifyFile(given: Given, path: string): Promise<number> {
  const station = await openStation(given);
  const file = await readSigningFile(path);
  if (file.what === "roots" || file.what === "rotation")
    throw new StationError("usage", `${path} holds roots: fiducial root show ${path}`);
  const root = await neededRoot(station);
  if (file.what === "list") await checkList(station, root, file);
  else await checkDraft(station, root, file);
  process.stdout.write(`${fingerprintText(file)}\n${progressText(root, file)}\n`);
  return isComplete(root, file) ? EXIT.ok : EXIT.problem;
}
