import { durableWrite } from "#agent/link/durable.ts";
import { sha256 } from "#agent/trust/seal.ts";
import { keyIdOf } from "#core/trust/keys.ts";
import { EXIT } from "../exit.ts";
import { type Given, textOf, type Verb } from "../verb.ts";
import { addKeys, findKey, listKeys, publicFileOf } from "./key-ring.ts";
import { passphrasesOf } from "./passphrase.ts";
import { type KeyFile, PURPOSES, type Purpose } from "./private-key.ts";
import {
  FOLDER_LINE,
  openStation,
  PASSPHRASE_LINE,
  PASSPHRASE_OPTIONS,
  STATION_OPTIONS,
  type Station,
} from "./station.ts";
import { StationError } from "./station-error.ts";

export const verb: Verb = {
  usage: `Usage: fiducial keys new NAME [--for root|release|all]
       fiducial keys list | show NAME | export-public NAME [FILE]

new             makes the keys of one person: for the roots of both repositories and for releases, each a key of its own,
                in one file that a passphrase encrypts. It never leaves this folder; make a copy and keep it elsewhere.
list, show      whose keys lie here, and what they are for
export-public   what the others need of them: the public halves, to FILE or to the screen

  --for WHAT             root: only to sign roots (rarely, so it may lie in a safe); release: only to sign releases
${PASSPHRASE_LINE}${FOLDER_LINE}  --json                 list and show: as JSON
`,
  options: { ...STATION_OPTIONS, ...PASSPHRASE_OPTIONS, for: { type: "string" }, json: { type: "boolean" } },
  run: keys,
};

const PEOPLE: Readonly<Record<string, readonly Purpose[]>> = {
  root: ["release-root", "director-root"],
  release: ["release"],
  all: ["release-root", "director-root", "release"],
};

const ACTS: Readonly<Record<string, (station: Station, given: Given) => Promise<number>>> = {
  new: makeNew,
  list: async (station, given) => print(given, await listKeys(station)),
  show: async (station, given) => print(given, [await findKey(station, nameOf(given))]),
  "export-public": exportPublic,
};

async function keys(given: Given): Promise<number> {
  const [act = "list"] = given.positionals;
  const run = Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
  if (run === undefined)
    throw new StationError("usage", `There is no "keys ${act}"; there are ${Object.keys(ACTS).join(", ")}.`);
  return run(await openStation(given), given);
}

function nameOf(given: Given): string {
  const name = given.positionals[1];
  if (name === undefined) throw new StationError("usage", "Say whose key: a name.");
  return name;
}

async function makeNew(station: Station, given: Given): Promise<number> {
  const name = nameOf(given);
  const wanted = textOf(given, "for") ?? "all";
  const purposes = Object.hasOwn(PEOPLE, wanted) ? PEOPLE[wanted] : undefined;
  if (purposes === undefined)
    throw new StationError("usage", `--for takes root, release or all, not "${wanted}".`);
  const passphrases = passphrasesOf(given);
  const file = await addKeys(station, { name, purposes }, () => passphrases.fresh(`the keys of ${name}`));
  process.stdout.write(`Made the keys of ${name}.\n${described(file)}`);
  return EXIT.ok;
}

async function exportPublic(station: Station, given: Given): Promise<number> {
  const text = `${JSON.stringify(publicFileOf(await findKey(station, nameOf(given))), null, 2)}\n`;
  const path = given.positionals[2];
  if (path === undefined) process.stdout.write(text);
  else await durableWrite(path, text, { mode: 0o644 });
  return EXIT.ok;
}

function print(given: Given, files: readonly KeyFile[]): number {
  if (given.values.json === true)
    process.stdout.write(`${JSON.stringify(files.map(publicFileOf), null, 2)}\n`);
  else process.stdout.write(files.length === 0 ? "no keys yet\n" : files.map(described).join(""));
  return EXIT.ok;
}

function described(file: KeyFile): string {
  const lines = PURPOSES.flatMap((purpose) => {
    const key = file.public[purpose];
    return key === undefined ? [] : [`  ${purpose.padEnd(14)} ${keyIdOf(key, sha256).slice(0, 16)}\n`];
  });
  return `${file.name}\n${lines.join("")}`;
}
