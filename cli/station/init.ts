import { userInfo } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { durableFolder, removeIfThere } from "#agent/link/durable.ts";
import { ONLINE_KEYS_SCHEMA, type OnlineKeys, onlineKeysSchema } from "#core/trust/online-keys.ts";
import { EXIT } from "../exit.ts";
import { type Given, textOf, textsOf, type Verb } from "../verb.ts";
import { audienceOf } from "./audience.ts";
import { ensureCacheKey } from "./cache-key.ts";
import { destinationOf } from "./destination.ts";
import { addKeys, KeyRing, listKeys, needKeyName, publicFileOf } from "./key-ring.ts";
import { passphrasesOf } from "./passphrase.ts";
import type { KeyFile } from "./private-key.ts";
import { currentRoot } from "./repository.ts";
import { installRoots, makeRoots } from "./roots.ts";
import { signRoots } from "./sign-roots.ts";
import {
  draftsFolder,
  FOLDER_LINE,
  folderOf,
  keysFolder,
  openFolder,
  PASSPHRASE_LINE,
  PASSPHRASE_OPTIONS,
  parseJsonFile,
  readNeeded,
  readSettings,
  repositoryFolderOf,
  type Settings,
  STATION_OPTIONS,
  writeSettings,
} from "./station.ts";
import { StationError } from "./station-error.ts";
import { ROOT_VALID_MS } from "./validity.ts";

export const verb: Verb = {
  usage: `Usage: fiducial init [--solo] [FOLDER] [option...]

Makes the folder of a release station: settings, keys/ (private: never copy it to a server), drafts/, repository/ (public).
With --solo it also makes the keys of one person and both roots, one of one, so that "fiducial ship" can follow.
What is there already stays; run it again to complete what was interrupted.

  --solo                 one person signs alone; everybody can see that it is one
  --name NAME            solo: whose keys (your user name)
  --online-keys FILE     who says which list is the newest: the signer of a server, which wrote its public halves into FILE
                         (signer/online-keys.json of its data folder), or here: this folder itself, without a server
  --for WHOM             for whom releases are when nobody says so: model:NAME, model:NAME/REVISION,REVISION, scanner:ID
  --publish-to WHERE     where publish and ship go when nobody says so: an address or a folder
${PASSPHRASE_LINE}${FOLDER_LINE}`,
  options: {
    ...STATION_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    solo: { type: "boolean" },
    name: { type: "string" },
    "online-keys": { type: "string" },
    for: { type: "string", multiple: true },
    "publish-to": { type: "string" },
  },
  run: init,
};

const ONLINE_NAME = "online";

async function init(given: Given): Promise<number> {
  const [named] = given.positionals;
  const folder = named === undefined ? folderOf(given) : resolve(named);
  const station = { folder, settings: await settingsFor(folder, given) };
  const solo = await readSolo(station, given);
  await openFolder(folder);
  await durableFolder(keysFolder(station));
  await openFolder(draftsFolder(station));
  await openFolder(repositoryFolderOf(station));
  const cache = await ensureCacheKey(station);
  await writeSettings(folder, station.settings);
  process.stdout.write(
    `A release station in ${folder}.\nScanners trust its cache by this key: ${cache.publicText}\n`,
  );
  if (!station.settings.solo) return say(NEXT);
  if (solo === null) return say("The roots are there already; they stay as they are.\n");
  await makeSolo(station, given, solo);
  return say(soloNext(station, textOf(given, "online-keys")));
}

const NEXT = `Next: fiducial keys new NAME, for everybody who is to sign.\n`;

/** What is to be done now, as commands with the paths in them. @param online where the signer's public halves were read from */
function soloNext({ folder, settings }: Here, online: string | undefined): string {
  const roots = join(folder, "repository/first-root");
  const to = settings.publishTo === null ? " --to ADDRESS|FOLDER" : "";
  const whom = settings.for.length === 0 ? " --for model:NAME" : "";
  const believe =
    settings.onlineKeys === "here"
      ? ""
      : `  The server believes what you put there by hand:  cp ${roots}/*.root.json ${dataFolderOf(online)}/repository/first-root/\n`;
  return `One signer, one of one. Next:
${believe}  The scanners believe the same two files, in their Nix configuration (changes.trust).
  Then, for each release:  fiducial ship WHAT --folder ${folder}${to}${whom}
Copy ${join(folder, "keys")} to a second place now: without it nothing can ever be signed again.\n`;
}

/** The data folder that the signer's file lies in, or a word for it where the file was carried. */
function dataFolderOf(online: string | undefined): string {
  const path = online === undefined ? "" : resolve(online);
  const isInPlace = basename(path) === "online-keys.json" && basename(dirname(path)) === "signer";
  return isInPlace ? dirname(dirname(path)) : "SERVER-DATA-FOLDER";
}

function say(text: string): number {
  process.stdout.write(text);
  return EXIT.ok;
}

async function settingsFor(folder: string, given: Given): Promise<Settings> {
  const before = await readSettings(folder);
  const solo = given.values.solo === true || before?.solo === true;
  const said = textOf(given, "online-keys");
  const online =
    said === undefined ? (before?.onlineKeys ?? "elsewhere") : said === "here" ? "here" : "elsewhere";
  const audience = textsOf(given, "for").map(audienceOf);
  return {
    schema: "fiducial.station/1",
    solo,
    onlineKeys: online,
    for: audience.length > 0 ? audience : (before?.for ?? []),
    publishTo: publishToOf(given) ?? before?.publishTo ?? null,
  };
}

/** A folder is kept as a whole path: `ship` is run from another place than `init`. */
function publishToOf(given: Given): string | undefined {
  const said = textOf(given, "publish-to");
  if (said === undefined) return undefined;
  const destination = destinationOf(said);
  return destination.kind === "folder" ? destination.folder : destination.address;
}

/** Whose keys, and what says which list is the newest; `here`: a key of this folder, which is still to be made. */
type Solo = { name: string; online: OnlineKeys | "here" };

/**
 * What one person needs, looked at before anything is made or asked: roots that name another signer than the server's could never be
 * used with that server. Null: nothing is to be made.
 */
async function readSolo(station: Here, given: Given): Promise<Solo | null> {
  const { solo, onlineKeys } = station.settings;
  if (!solo || (await currentRoot(station)) !== null) return null;
  const name = needKeyName(textOf(given, "name") ?? userInfo().username.toLowerCase());
  if (onlineKeys === "here") return { name, online: "here" };
  const path = textOf(given, "online-keys");
  if (path === undefined)
    throw new StationError(
      "usage",
      "Say which signer keeps the list fresh: --online-keys FILE (signer/online-keys.json of the server's data folder), or --online-keys here for a folder without a server.",
    );
  const bytes = await readNeeded(
    path,
    "file of online keys (signer/online-keys.json of the server's data folder)",
  );
  return { name, online: parseJsonFile(path, bytes, onlineKeysSchema) };
}

type Here = { folder: string; settings: Settings };

async function makeSolo(station: Here, given: Given, { name, online }: Solo): Promise<void> {
  const passphrases = passphrasesOf(given);
  const ring = new KeyRing(station, passphrases);
  let fresh: string | null = null;
  const passphrase = async () => {
    fresh ??= await passphrases.fresh("your keys");
    ring.remember(fresh);
    return fresh;
  };
  const mine = await existingOr(station, name, () =>
    addKeys(station, { name, purposes: ["release-root", "director-root", "release"] }, passphrase),
  );
  const roots = makeRoots({
    people: [publicFileOf(mine)],
    rootThreshold: 1,
    releaseThreshold: 1,
    online: online === "here" ? await ownOnlineKeys(station, passphrase) : online,
    validMs: ROOT_VALID_MS,
    nowMs: Date.now(),
  });
  await installRoots(station, await signRoots(ring, roots, name));
  await removeIfThere(join(draftsFolder(station), "roots.signing.json"));
}

async function existingOr(station: Here, name: string, make: () => Promise<KeyFile>): Promise<KeyFile> {
  return (await listKeys(station)).find((one) => one.name === name) ?? (await make());
}

/** Keys for a folder without a server: in this station, encrypted like those of people. */
export async function ownOnlineKeys(
  station: Pick<Here, "folder">,
  passphrase: () => Promise<string>,
): Promise<OnlineKeys> {
  const there = (await listKeys(station)).find((one) => one.name === ONLINE_NAME);
  const wanted = { name: ONLINE_NAME, purposes: ["snapshot", "timestamp", "director"] } as const;
  const { public: keys } = there ?? (await addKeys(station, wanted, passphrase));
  const { snapshot, timestamp, director } = keys;
  return onlineKeysSchema.parse({ schema: ONLINE_KEYS_SCHEMA, snapshot, timestamp, director });
}
