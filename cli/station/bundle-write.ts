import { join, resolve } from "node:path";
import { durableWrite } from "#agent/link/durable.ts";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { openTrust, type Trust } from "#agent/trust/trust.ts";
import type { VerifiedInstruction, VerifiedRelease } from "#agent/trust/verified.ts";
import type { NamedScanner } from "#core/bundle/named-scanner.ts";
import { narFileName, narinfoName } from "#core/closure/narinfo.ts";
import { closureOf, type SystemPath } from "#core/release/closure.ts";
import { RELEASE_LIMIT_BYTES } from "#core/release/release.ts";
import { bytesText } from "#core/time/duration.ts";
import { CACHE_FOLDER, CARRIED_TARGETS_NAME, repositoryFolder, targetName } from "#core/trust/layout.ts";
import { askToCarry } from "./ask-signer.ts";
import { needLife, needWord, wordText } from "./bundle-word.ts";
import { narProblem } from "./cache.ts";
import { Progress } from "./progress.ts";
import { copyPublished } from "./publish-to-folder.ts";
import { firstRootPath } from "./repository.ts";
import { scannerText } from "./scanner-list.ts";
import { type ServerClient, serverFetcher } from "./server-client.ts";
import { openFolder, readNeeded, repositoryFolderOf, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

type Parts = { station: Station; server: ServerClient; signer: string | null };
type Wanted = {
  folder: string;
  /** Null: what was decided of a change that failed, which brings no release. */
  release: string | null;
  scanners: readonly NamedScanner[];
  expiresMs: number | null;
};

/** What one scanner will find, verified with its own code from the station's first roots on. */
type ForOne = {
  scanner: NamedScanner;
  instruction: VerifiedInstruction;
  release: VerifiedRelease | null;
  untilMs: number;
  files: { name: string; bytes: Uint8Array }[];
};

/**
 * Writes a bundle. Everything signed comes from the server, because only what it has published is what the scanners hear when they are
 * reached again; the archives come from this station. Nothing is written before all of it verifies. Throws StationError.
 */
export async function writeBundle(parts: Parts, wanted: Wanted): Promise<void> {
  const all: ForOne[] = [];
  for (const scanner of wanted.scanners) all.push(await gather(parts, wanted, scanner));
  const target = resolve(wanted.folder);
  const bytes = await writeArchives(parts.station, target, all);
  for (const { files } of all)
    for (const { name, bytes: content } of files) {
      await openFolder(join(target, name, ".."));
      await durableWrite(join(target, name), content, { mode: 0o644 });
    }
  await durableWrite(join(target, "README.txt"), coverOf(wanted, all), { mode: 0o644 });
  process.stdout.write(
    `${coverOf(wanted, all)}\nWritten to ${target}, ${bytesText("en", bytes)} of archives.\n`,
  );
}

async function gather(
  { station, server, signer }: Parts,
  wanted: Wanted,
  scanner: NamedScanner,
): Promise<ForOne> {
  const { scannerId } = scanner;
  const firstRoots = {
    release: await readNeeded(firstRootPath(station, "release"), "first root"),
    director: await readNeeded(firstRootPath(station, "director"), "first root"),
  };
  const trust = openTrust({ folder: null, firstRoots, scannerId, nowMs: Date.now });
  const folderOf = (repository: "release" | "director") => repositoryFolder(repository, scannerId);
  const fetchers = {
    release: serverFetcher(server, `/agent/v1/tuf/${folderOf("release")}/`),
    director: serverFetcher(server, `/agent/v1/tuf/${folderOf("director")}/`),
  };
  const look = async () => needWord(await trust.refresh(fetchers), scanner, wanted.release);
  let seen = await look();
  if (signer !== null) {
    const { changeId, notAfterMs } = seen.instruction.instruction;
    await askToCarry(signer, { scannerId, changeId, untilMs: wanted.expiresMs ?? notAfterMs });
    seen = await look();
  }
  const { instruction, untilMs } = seen;
  needLife(wanted.expiresMs, scanner, untilMs);
  const brought = wanted.release === null ? null : await releaseOf(trust, fetchers.release, instruction);
  const files = [
    ...(brought === null ? [] : [brought.file]),
    ...seen.files.release.flatMap(carriedRelease),
    ...seen.files.director.map((one) => ({ ...one, name: `${folderOf("director")}/${one.name}` })),
  ];
  return { scanner, instruction, release: brought?.release ?? null, untilMs, files };
}

async function releaseOf(trust: Trust, fetcher: Fetcher, instruction: VerifiedInstruction) {
  const { target } = instruction;
  const name = targetName(target.path, target.hashes.sha256);
  const fetched = await fetcher(name, Math.min(target.length, RELEASE_LIMIT_BYTES));
  if (!fetched.ok) throw new StationError("unreachable", `${name}: ${fetched.detail}`);
  const release = trust.release(instruction, fetched.bytes);
  if ("refused" in release)
    throw new StationError("refused", `The scanner would refuse it (${release.refused}): ${release.detail}.`);
  return { release, file: { name: `release/${name}`, bytes: fetched.bytes } };
}

/** Roots as they are, the list under its own name, and neither snapshot nor timestamp: those last days. */
function carriedRelease({ name, bytes }: { name: string; bytes: Uint8Array }) {
  if (name.endsWith(".root.json")) return [{ name: `release/${name}`, bytes }];
  return name.endsWith(".targets.json") ? [{ name: `release/${CARRIED_TARGETS_NAME}`, bytes }] : [];
}

/** Every archive is hashed here first: a stick that is refused at the scanner has made a journey for nothing. */
async function writeArchives(station: Station, target: string, all: readonly ForOne[]): Promise<number> {
  const cache = join(repositoryFolderOf(station), CACHE_FOLDER);
  const paths = new Map<string, SystemPath>();
  for (const { release } of all) {
    if (release === null) continue;
    for (const one of closureOf(release.release, release.system)) paths.set(one.path, one);
  }
  const total = [...paths.values()].reduce((sum, { narSize }) => sum + narSize, 0);
  const progress = new Progress("Writing the bundle", total);
  for (const one of paths.values()) {
    const problem = await narProblem(cache, one);
    if (problem !== null)
      throw new StationError(
        "refused",
        `${one.path} ${problem} of this station: write the bundle where it was built.`,
      );
    for (const name of [narFileName(one.narHash), narinfoName(one.path)])
      await copyPublished(station, `${CACHE_FOLDER}/${name}`, join(target, CACHE_FOLDER, name), progress);
  }
  progress.end();
  return total;
}

/** For people; no program reads it. */
function coverOf({ release }: Wanted, all: readonly ForOne[]): string {
  const lines = all.map(({ scanner, instruction, untilMs }) => {
    const until = new Date(untilMs).toISOString();
    return `  ${scannerText(scanner)}  ${wordText(instruction.instruction)}, to be applied until ${until}`;
  });
  const what = release === null ? "what was decided of a failed change" : `release ${release}`;
  return `Fiducial bundle: ${what}, for these scanners and no others
${lines.join("\n")}

On the scanner, as root, with this folder mounted (mount -o nosuid,nodev,noexec):
  fiducial-activate bundle verify FOLDER
  fiducial-activate bundle apply FOLDER
Afterwards, where there is a network:
  fiducial bundle results FOLDER --server ADDRESS
`;
}
