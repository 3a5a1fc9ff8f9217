import { EXIT } from "../exit.ts";
import { type Given, textOf, textsOf, type Verb } from "../verb.ts";
import { uploadResults } from "./bundle-results.ts";
import { writeBundle } from "./bundle-write.ts";
import { readScanners } from "./scanner-list.ts";
import { openServer } from "./server-client.ts";
import { FOLDER_LINE, openStation, STATION_OPTIONS } from "./station.ts";
import { StationError } from "./station-error.ts";

export const verb: Verb = {
  usage: `Usage: fiducial bundle write FOLDER --release NAME --scanner SERIAL... [option...]
       fiducial bundle write FOLDER --pardon --scanner SERIAL... [option...]
       fiducial bundle results FOLDER [option...]

write: brings a release and the instruction for each named scanner into FOLDER (a stick, mounted), for scanners without a network.
Ask for the change in the portal first: what is written is the server's own signed word to each scanner, and nothing else makes
one change. It is checked here as the scanner will check it. The archives come from this station's cache.
results: sends the reports that the scanners wrote to FOLDER/results on to the server, as the scanners signed them. Reports that
come over a network later as well count once.

  --release NAME         the release that the portal was asked for
  --pardon               instead of a release what was decided of a change that failed there: the end of a hold or of a block
  --scanner SERIAL       the scanner, by what its type plate says; once for each. Also by the id that its page shows, or by both as
                         the portal writes it: SERIAL=ID
  --fleet FILE           where a serial is found: the list that the portal's fleet page exports (fleet.csv in the station's folder).
                         It finds the id and proves nothing: what is written is for that id alone
  --expires WHEN         refuse unless the bundle is good until then (2026-12-24, or with a time)
  --signer SOCKET        on the server's computer: have its signer make the instruction last until WHEN, or as long as it was
                         asked for; without this it lasts a day
  --server ADDRESS       https://HOST; without it where "fiducial init --publish-to" said
  --ca-file FILE         certificate authorities believed beside the built-in ones
${FOLDER_LINE}`,
  options: {
    ...STATION_OPTIONS,
    release: { type: "string" },
    pardon: { type: "boolean" },
    scanner: { type: "string", multiple: true },
    fleet: { type: "string" },
    expires: { type: "string" },
    signer: { type: "string" },
    server: { type: "string" },
    "ca-file": { type: "string" },
  },
  run: bundle,
};

async function bundle(given: Given): Promise<number> {
  const [act, folder, more] = given.positionals;
  const isAct = act === "write" || act === "results";
  if (!isAct || folder === undefined || more !== undefined)
    throw new StationError("usage", "Say bundle write FOLDER or bundle results FOLDER.");
  const address = textOf(given, "server");
  const server = openServer(address ?? (await publishedTo(given)), textOf(given, "ca-file") ?? null);
  try {
    if (act === "results") return await uploadResults(server, folder);
    const station = await openStation(given);
    const release = textOf(given, "release") ?? null;
    const words = textsOf(given, "scanner");
    if ((release === null) !== (given.values.pardon === true) || words.length === 0)
      throw new StationError(
        "usage",
        "Say what and for which scanners: --release NAME --scanner SERIAL, or --pardon --scanner SERIAL.",
      );
    const scanners = await readScanners(station, words, textOf(given, "fleet") ?? null);
    const signer = textOf(given, "signer") ?? null;
    await writeBundle(
      { station, server, signer },
      { folder, release, scanners, expiresMs: expiresOf(given) },
    );
    return EXIT.ok;
  } finally {
    server.close();
  }
}

async function publishedTo(given: Given): Promise<string> {
  const { settings } = await openStation(given);
  if (settings.publishTo !== null && /^https?:/.test(settings.publishTo)) return settings.publishTo;
  throw new StationError("usage", "Say which server: --server https://HOST.");
}

function expiresOf(given: Given): number | null {
  const text = textOf(given, "expires");
  if (text === undefined) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new StationError("usage", `"${text}" is no date: write 2026-12-24.`);
  return ms;
}
