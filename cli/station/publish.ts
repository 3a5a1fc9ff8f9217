import { join } from "node:path";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { bytesText } from "#core/time/duration.ts";
import { EXIT } from "../exit.ts";
import { type Given, textOf, type Verb } from "../verb.ts";
import { destinationOf } from "./destination.ts";
import { freshen, isFresh } from "./freshen.ts";
import { KeyRing } from "./key-ring.ts";
import { passphrasesOf } from "./passphrase.ts";
import { publishToFolder } from "./publish-to-folder.ts";
import { publishToServer } from "./publish-to-server.ts";
import { firstRootPath, neededRoot } from "./repository.ts";
import { openServer } from "./server-client.ts";
import {
  FOLDER_LINE,
  openStation,
  PASSPHRASE_LINE,
  PASSPHRASE_OPTIONS,
  readNeeded,
  STATION_OPTIONS,
  type Station,
} from "./station.ts";
import { StationError } from "./station-error.ts";
import { verifyOwn } from "./verify-own.ts";
import { verifyRepository } from "./verify-repository.ts";
import { waitingText } from "./waiting.ts";

export const PUBLISH_OPTIONS = {
  "without-cache": { type: "boolean" },
  "ca-file": { type: "string" },
} as const satisfies Verb["options"];

export const PUBLISH_LINES = `  --without-cache        server: send no NARs, because scanners get them from another cache
  --ca-file FILE         server: certificate authorities believed beside the built-in ones
`;

export const verb: Verb = {
  usage: `Usage: fiducial publish [ADDRESS|FOLDER]

Brings what is complete in repository/ to a server (https://HOST) or into a folder of the same layout (a stick). Without a name:
where "fiducial init --publish-to" said. It verifies everything here first and refuses what a scanner would refuse. It asks
what is missing and sends only that; run it again after an interruption. It needs no password: the signatures authorise.
Private keys never leave: only names of the repository's layout are read, and what looks like a key is sent under none of them.

${PUBLISH_LINES}${PASSPHRASE_LINE}${FOLDER_LINE}`,
  options: { ...STATION_OPTIONS, ...PASSPHRASE_OPTIONS, ...PUBLISH_OPTIONS },
  run: async (given: Given) => {
    const station = await openStation(given);
    return publish(station, given, new KeyRing(station, passphrasesOf(given)), given.positionals[0]);
  },
};

/** @param where an address or a folder; undefined: where the settings say */
export async function publish(
  station: Station,
  given: Given,
  ring: KeyRing,
  where: string | undefined,
): Promise<number> {
  const target = where ?? station.settings.publishTo;
  if (target === null)
    throw new StationError(
      "usage",
      'Say where to publish: an address or a folder, or once for all with "fiducial init --publish-to".',
    );
  const destination = destinationOf(target);
  if (station.settings.onlineKeys === "here" && !(await isFresh(station, Date.now())))
    process.stdout.write(`Fresh until ${await freshen(station, ring, Date.now())}.\n`);
  const own = await verifyOwn(station);
  process.stdout.write(await waitingText(station, await neededRoot(station)));
  if (destination.kind === "server") return toServer(station, given, own, destination.address);
  const { folder } = destination;
  const { files, bytes } = await publishToFolder(station, own, folder);
  await needBelieved(station, folder);
  process.stdout.write(
    `List ${own.targets} is in ${folder}: ${files} files written, ${bytesText("en", bytes)}.\n`,
  );
  return EXIT.ok;
}

/** What lies there is looked at as a scanner does, also what an earlier copy left. */
async function needBelieved(station: Station, folder: string): Promise<void> {
  if (station.settings.onlineKeys !== "here") return;
  const firstRoot = await readNeeded(firstRootPath(station, "release"), "first root");
  const looked = await verifyRepository(folderFetcher(join(folder, "release")), firstRoot, Date.now());
  const why = looked.ok ? looked.found.problems[0] : looked.why;
  if (why !== undefined)
    throw new StationError("refused", `${folder} does not verify after the copy: ${why}.`);
}

async function toServer(
  station: Station,
  given: Given,
  own: Awaited<ReturnType<typeof verifyOwn>>,
  address: string,
): Promise<number> {
  const server = openServer(address, textOf(given, "ca-file") ?? null);
  try {
    const answer = await publishToServer(station, server, own, {
      withoutCache: given.values["without-cache"] === true,
    });
    const state = answer.state === "published" ? "Scanners see" : "The server has";
    process.stdout.write(`${state} list ${answer.targets ?? own.targets} at ${server.address}\n`);
    return answer.state === "published" ? EXIT.ok : EXIT.problem;
  } finally {
    server.close();
  }
}
