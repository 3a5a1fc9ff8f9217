import { join } from "node:path";
import { holdersOf } from "#core/release/holders.ts";
import type { RepositoryName } from "#core/trust/layout.ts";
import { type OnlineKeys, onlineKeysSchema } from "#core/trust/online-keys.ts";
import { EXIT } from "../exit.ts";
import { type Given, textOf, textsOf, type Verb } from "../verb.ts";
import { CONFIRM_LINE, CONFIRM_OPTIONS, confirm } from "./confirm.ts";
import { SIGNER_LINES, SIGNER_OPTIONS, signersOf } from "./external-signer.ts";
import { ownOnlineKeys } from "./init.ts";
import { type PublicFile, publicFileSchema } from "./key-ring.ts";
import { passphrasesOf } from "./passphrase.ts";
import { currentRoot, firstRootPath, neededRoot, type Signed } from "./repository.ts";
import { installRoots, makeRoots, readRoots } from "./roots.ts";
import { rotate, rotationDraft, showRotation, signRotation } from "./rotate-acts.ts";
import { signingText } from "./show-signing.ts";
import { signRoots } from "./sign-roots.ts";
import {
  envelopeOf,
  fingerprintOf,
  type RootsFile,
  type RotationFile,
  readSigningFile,
  signingState,
  writeSigningFile,
} from "./signing-file.ts";
import {
  draftsFolder,
  FOLDER_LINE,
  openFolder,
  openStation,
  PASSPHRASE_LINE,
  PASSPHRASE_OPTIONS,
  parseJsonFile,
  readIfThere,
  readNeeded,
  STATION_OPTIONS,
  type Station,
} from "./station.ts";
import { StationError } from "./station-error.ts";
import { ROOT_VALID_MS } from "./validity.ts";

export const verb: Verb = {
  usage: `Usage: fiducial root init --people FILE --people FILE --people FILE --threshold 2 --online-keys FILE
       fiducial root sign [FILE] [--as NAME]
       fiducial root rotate [--people FILE] [--remove NAME] [--threshold N] [--online-keys FILE]
       fiducial root show [FILE]

The two roots say which keys count: one for releases (people), one for instructions (the server's signer, under the same people).
init            writes drafts/roots.signing.json, signed by nobody yet
sign            shows the roots and their fingerprint, asks, signs with your key and writes FILE again;
                as soon as enough people have signed, puts the roots into repository/
rotate          writes drafts/rotation.signing.json: the next roots, with people or keys added, removed or replaced, or the same
                for another year; enough of those who count now and enough of those who are to count must sign
show            who is in the roots, and who has signed

  --people FILE          public halves of one person's keys (fiducial keys export-public), once for each
  --threshold N          how many of them must agree on a root and on a release (2, or 1 for one person)
  --remove NAME          rotate: whose keys count no more, once for each; a stolen key is revoked so
  --root-threshold N     another number for the roots
  --online-keys FILE     public halves that the server's signer printed, or here: this folder keeps them itself
  --as NAME              which of the keys of this folder signs
${SIGNER_LINES}${CONFIRM_LINE}${PASSPHRASE_LINE}${FOLDER_LINE}  --json                 show: as JSON
`,
  options: {
    ...STATION_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    ...CONFIRM_OPTIONS,
    ...SIGNER_OPTIONS,
    people: { type: "string", multiple: true },
    remove: { type: "string", multiple: true },
    threshold: { type: "string" },
    "root-threshold": { type: "string" },
    "online-keys": { type: "string" },
    as: { type: "string" },
    json: { type: "boolean" },
  },
  run: root,
};

const ACTS: Readonly<Record<string, (station: Station, given: Given) => Promise<number>>> = {
  init: initRoots,
  sign: signFile,
  rotate: rotateRoots,
  show,
};

async function root(given: Given): Promise<number> {
  const [act = "show"] = given.positionals;
  const run = Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
  if (run === undefined)
    throw new StationError("usage", `There is no "root ${act}"; there are ${Object.keys(ACTS).join(", ")}.`);
  return run(await openStation(given), given);
}

export function rootsDraft(station: Station): string {
  return join(draftsFolder(station), "roots.signing.json");
}

async function initRoots(station: Station, given: Given): Promise<number> {
  if ((await currentRoot(station)) !== null)
    throw new StationError("usage", "This station has its roots already; they stay as they are.");
  const draft = rootsDraft(station);
  if ((await readIfThere(draft)) !== null)
    throw new StationError("usage", `${draft} is waiting for signatures already. Remove it to begin anew.`);
  const people = await peopleOf(given);
  if (people.length === 0)
    throw new StationError("usage", "Say who signs: --people FILE, once for each person.");
  const threshold = countOf(given, "threshold") ?? Math.min(2, people.length);
  const file = makeRoots({
    people,
    rootThreshold: countOf(given, "root-threshold") ?? threshold,
    releaseThreshold: threshold,
    online: await onlineOf(station, given),
    validMs: ROOT_VALID_MS,
    nowMs: Date.now(),
  });
  await openFolder(draftsFolder(station));
  await writeSigningFile(draft, file);
  process.stdout.write(
    `${described(file)}\nWrote ${draft}. Give it to each who signs: fiducial root sign FILE\n`,
  );
  return EXIT.ok;
}

function peopleOf(given: Given): Promise<PublicFile[]> {
  return Promise.all(
    textsOf(given, "people").map(async (path) =>
      parseJsonFile(path, await readNeeded(path, "file of public keys"), publicFileSchema),
    ),
  );
}

async function rotateRoots(station: Station, given: Given): Promise<number> {
  return rotate(station, {
    add: await peopleOf(given),
    remove: textsOf(given, "remove"),
    releaseThreshold: countOf(given, "threshold"),
    rootThreshold: countOf(given, "root-threshold"),
    online: textOf(given, "online-keys") === undefined ? null : await onlineOf(station, given),
  });
}

function countOf(given: Given, name: string): number | null {
  const text = textOf(given, name);
  if (text === undefined) return null;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new StationError("usage", `--${name} takes a whole number, not "${text}".`);
}

async function onlineOf(station: Station, given: Given): Promise<OnlineKeys> {
  const said = textOf(given, "online-keys") ?? (station.settings.onlineKeys === "here" ? "here" : undefined);
  if (said === undefined)
    throw new StationError(
      "usage",
      "Say who keeps the list fresh: --online-keys FILE, as the server's signer prints it, or here.",
    );
  if (said !== "here")
    return parseJsonFile(said, await readNeeded(said, "file of online keys"), onlineKeysSchema);
  if (station.settings.onlineKeys !== "here")
    throw new StationError(
      "usage",
      'This station does not keep online keys: say so with "fiducial init --online-keys here".',
    );
  return ownOnlineKeys(station, () => passphrasesOf(given).fresh("the online keys"));
}

async function signFile(station: Station, given: Given): Promise<number> {
  const path = given.positionals[1] ?? (await waitingDraft(station));
  const file = await readRootsFile(path);
  if (file.what === "rotation") return signRotation(station, given, path, file);
  process.stdout.write(described(file));
  await confirm(given, "Sign these roots?");
  const signed = await signRoots(await signersOf(station, given), file, textOf(given, "as") ?? null);
  await writeSigningFile(path, signed);
  process.stdout.write(`Signed. ${progress(signed)}`);
  if (isComplete(signed)) await finish(station, signed);
  else process.stdout.write(`Give ${path} to the next: fiducial root sign FILE\n`);
  return EXIT.ok;
}

/** Also for `take`: puts complete roots where they belong, and says so. */
export async function finish(station: Station, file: RootsFile): Promise<void> {
  await installRoots(station, file);
  process.stdout.write(
    `The roots are complete. First roots for the scanners: ${firstRootPath(station, "release")} and ${firstRootPath(station, "director")}\n`,
  );
}

export function isComplete(file: RootsFile): boolean {
  const roots = readRoots(file);
  return REPOSITORIES.every((one) => signingState(roots[one], "root", file[one]).needed === 0);
}

const REPOSITORIES: readonly RepositoryName[] = ["release", "director"];

export function progress(file: RootsFile): string {
  const roots = readRoots(file);
  const lines = REPOSITORIES.map(
    (one) => `${one} root: ${signingText(signingState(roots[one], "root", file[one]))}\n`,
  );
  return lines.join("");
}

/** Once there are roots, what waits is the next ones. */
async function waitingDraft(station: Station): Promise<string> {
  return (await currentRoot(station)) === null ? rootsDraft(station) : rotationDraft(station);
}

async function readRootsFile(path: string): Promise<RootsFile | RotationFile> {
  const file = await readSigningFile(path);
  if (file.what === "roots" || file.what === "rotation") return file;
  throw new StationError("usage", `${path} holds a release, no roots: fiducial release sign ${path}`);
}

function described(file: RootsFile): string {
  const roots = readRoots(file);
  const texts = REPOSITORIES.map((one) => rootText(one, roots[one]));
  return `${texts.join("")}Fingerprint: ${fingerprintOf([file.release, file.director])}\n`;
}

export function rootText(repository: RepositoryName, { body }: Signed<"root">): string {
  const holders = holdersOf(body);
  const lines = (["root", "targets", "snapshot", "timestamp"] as const).map((role) => {
    const { keyids, threshold } = body.roles[role];
    const keys = keyids.map((id) => `${holders.get(id) ?? "online"} (${id.slice(0, 8)})`);
    return `  ${role.padEnd(10)} ${threshold} of ${keyids.length}: ${keys.join(", ")}\n`;
  });
  return `${repository} root, version ${body.version}, until ${body.expires}\n${lines.join("")}`;
}

async function show(station: Station, given: Given): Promise<number> {
  const path = given.positionals[1];
  const there = (await currentRoot(station)) !== null;
  if (path !== undefined || !there) {
    const file = await readRootsFile(path ?? rootsDraft(station));
    if (file.what === "rotation") return showRotation(station, file);
    process.stdout.write(
      given.values.json === true
        ? `${JSON.stringify(file, null, 2)}\n`
        : `${described(file)}${progress(file)}`,
    );
    return isComplete(file) ? EXIT.ok : EXIT.problem;
  }
  const roots = await Promise.all(
    REPOSITORIES.map(async (one) => ({
      one,
      root: await neededRoot(station, one),
    })),
  );
  if (given.values.json === true)
    process.stdout.write(
      `${JSON.stringify(Object.fromEntries(roots.map(({ one, root }) => [one, root.body])), null, 2)}\n`,
    );
  else {
    const [release, director] = roots;
    process.stdout.write(roots.map(({ one, root }) => rootText(one, root)).join(""));
    if (release !== undefined && director !== undefined)
      process.stdout.write(
        `Fingerprint: ${fingerprintOf([release, director].map(({ root }) => envelope(root)))}\n`,
      );
  }
  return EXIT.ok;
}

function envelope(root: Signed<"root">) {
  return envelopeOf(root.bytes);
}
