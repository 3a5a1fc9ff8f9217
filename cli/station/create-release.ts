import type { Nix } from "#agent/facts/nix.ts";
import type { Release } from "#core/release/release.ts";
import { type Given, textOf, type Verb } from "../verb.ts";
import { audienceOf } from "./audience.ts";
import { fillCache } from "./cache.ts";
import { ensureCacheKey } from "./cache-key.ts";
import { type Head, makeRelease } from "./make-release.ts";
import { needNix, toStorePath } from "./nix-build.ts";
import { type ReadSystem, readSystem, type WantedSystem } from "./read-system.ts";
import { type Base, draftOf, draftPath, readBase } from "./release-draft.ts";
import { neededRoot } from "./repository.ts";
import { diffText, releaseText } from "./show-release.ts";
import { type ReleaseFile, readSigningFile, writeSigningFile } from "./signing-file.ts";
import { draftsFolder, openFolder, readIfThere, readNeeded, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

export const CREATE_OPTIONS = {
  system: { type: "string", multiple: true },
  for: { type: "string", multiple: true },
  expected: { type: "string", multiple: true },
  health: { type: "string", multiple: true },
  compatibility: { type: "string", multiple: true },
  name: { type: "string" },
  floor: { type: "string" },
  notes: { type: "string" },
  "notes-file": { type: "string" },
  all: { type: "boolean" },
} as const satisfies Verb["options"];

export const CREATE_LINES = `  --system NAME=WHAT     a system by name, for each that the release holds; WHAT as above
  --for WHOM             model:NAME, model:NAME/REVISION,REVISION or scanner:ID; belongs to the --system before it
  --expected FILE        expected state, where <toplevel>/fiducial/expected.json has none
  --health FILE          health contract, where <toplevel>/fiducial/health.json has none
  --compatibility FILE   firmware and calibration, where <toplevel>/fiducial/compatibility.json has none
  --name NAME            of the release (r1, r2, ...)
  --floor N              raises the security floor: no scanner ever takes a release with a lower counter again
  --notes TEXT, --notes-file FILE   what people read before they sign
  --all                  shows every line of the difference
`;

/** Builds, compares, fills the cache and writes the draft that waits for signatures. Answers where it is. */
export async function createRelease(
  station: Station,
  given: Given,
  what: string | undefined,
): Promise<{ path: string; file: ReleaseFile; release: Release }> {
  const root = await neededRoot(station);
  const base = await readBase(station, root);
  const nix = await needNix();
  const systems: ReadSystem[] = [];
  for (const wanted of await wantedSystems(nix, given, station, what))
    systems.push(await readSystem(nix, wanted));
  const { release, text } = makeRelease(await headOf(given, base), systems);
  const path = draftPath(station, release.name);
  await needNewName(base, path, release.name);
  const file = draftOf(base, release, text);
  process.stdout.write(
    `${releaseText(release)}\n${diffText(base.newest?.release ?? null, release, given.values.all === true)}`,
  );
  for (const one of systems)
    process.stdout.write(one.assumed.map((assumed) => `  note, ${one.name}: ${assumed}\n`).join(""));
  await fillCache(station, nix, await ensureCacheKey(station), release);
  await openFolder(draftsFolder(station));
  await writeSigningFile(path, file);
  return { path, file, release };
}

async function wantedSystems(
  nix: Nix,
  given: Given,
  station: Station,
  what: string | undefined,
): Promise<WantedSystem[]> {
  const named = given.order.filter((one) => one.name === "system");
  if (named.length > 0 && what !== undefined)
    throw new StationError(
      "usage",
      `Say ${what} as a --system NAME=${what}, too: a release has either one system or named ones.`,
    );
  if (named.length === 0 && what === undefined)
    throw new StationError(
      "usage",
      "Say what to release: a store path, an installable (FLAKE#NAME), a folder, or --system NAME=WHAT.",
    );
  const groups = what === undefined ? grouped(given) : [{ name: null, what, options: given.order }];
  const systems: WantedSystem[] = [];
  for (const { name, what: one, options } of groups) {
    const last = (option: string) => options.findLast((each) => each.name === option)?.value ?? null;
    const audience = options.filter((each) => each.name === "for").map((each) => audienceOf(each.value));
    // Before the build: what is missing in the command must not cost half an hour.
    const whom = needAudience(audience, station, name ?? one);
    systems.push({
      name,
      toplevel: await toStorePath(nix, one),
      for: whom,
      expected: last("expected"),
      health: last("health"),
      compatibility: last("compatibility"),
    });
  }
  return systems;
}

function needAudience(said: WantedSystem["for"], station: Station, name: string): WantedSystem["for"] {
  if (said.length > 0) return said;
  if (station.settings.for.length > 0) return station.settings.for;
  throw new StationError(
    "usage",
    `Say for whom ${name} is: --for model:NAME or --for scanner:ID, or once for all with "fiducial init --for".`,
  );
}

type Group = { name: string; what: string; options: { name: string; value: string }[] };

/** Options belong to the --system before them. */
function grouped(given: Given): Group[] {
  const groups: Group[] = [];
  for (const option of given.order) {
    if (option.name !== "system") {
      groups.at(-1)?.options.push(option);
      continue;
    }
    const at = option.value.indexOf("=");
    if (at < 1) throw new StationError("usage", `--system takes NAME=WHAT, not "${option.value}".`);
    groups.push({ name: option.value.slice(0, at), what: option.value.slice(at + 1), options: [] });
  }
  return groups;
}

async function headOf(given: Given, { newest }: Base): Promise<Head> {
  const counter = (newest?.release.counter ?? 0) + 1;
  const notesFile = textOf(given, "notes-file");
  const notes =
    notesFile === undefined
      ? textOf(given, "notes")
      : (await readNeeded(notesFile, "file of notes")).toString("utf8");
  return {
    name: textOf(given, "name") ?? `r${counter}`,
    counter,
    floor: floorOf(given, newest?.floor ?? 0, counter),
    createdAtMs: Date.now(),
    notes: notes ?? "",
  };
}

function floorOf(given: Given, before: number, counter: number): number {
  const text = textOf(given, "floor");
  if (text === undefined) return before;
  const floor = Number(text);
  if (!Number.isSafeInteger(floor) || floor < before || floor > counter)
    throw new StationError(
      "usage",
      `The floor is ${before}, and this release is number ${counter}: --floor takes a number from ${before} to ${counter}, not "${text}".`,
    );
  return floor;
}

async function needNewName({ targets }: Base, path: string, name: string): Promise<void> {
  if (targets?.body.targets[`releases/${name}/release.json`] !== undefined)
    throw new StationError("usage", `There is a release ${name} already: choose another --name.`);
  // A draft that nobody signed holds nothing that could be lost.
  if ((await readIfThere(path)) !== null && (await isSigned(path)))
    throw new StationError(
      "usage",
      `${path} waits for signatures and has some already. Sign it, or remove it to create ${name} anew.`,
    );
}

async function isSigned(path: string): Promise<boolean> {
  const file = await readSigningFile(path);
  return file.what !== "release" || file.targets.signatures.length > 0;
}
