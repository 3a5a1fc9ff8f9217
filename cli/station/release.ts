import { diffReleases } from "#core/release/diff.ts";
import { effectOf } from "#core/release/effect.ts";
import type { Release } from "#core/release/release.ts";
import { EXIT } from "../exit.ts";
import { type Given, textOf, type Verb } from "../verb.ts";
import { CONFIRM_LINE, CONFIRM_OPTIONS, confirm } from "./confirm.ts";
import { CREATE_LINES, CREATE_OPTIONS, createRelease } from "./create-release.ts";
import { SIGNER_LINES, SIGNER_OPTIONS, signersOf } from "./external-signer.ts";
import { renew, signList, withdraw } from "./list-acts.ts";
import { checkList, listChangeText } from "./list-change.ts";
import { checkDraft, draftPath } from "./release-draft.ts";
import { currentTargets, listedReleases, neededRoot, readListed } from "./repository.ts";
import { diffText, effectText, releaseText } from "./show-release.ts";
import {
  fingerprintText,
  installComplete,
  isComplete,
  progressText,
  signRelease,
  type TargetsFile,
  titleOf,
} from "./sign-release.ts";
import { type ReleaseFile, readSigningFile } from "./signing-file.ts";
import {
  draftsFolder,
  FOLDER_LINE,
  openStation,
  PASSPHRASE_LINE,
  PASSPHRASE_OPTIONS,
  readIfThere,
  STATION_OPTIONS,
  type Station,
} from "./station.ts";
import { StationError } from "./station-error.ts";
import { waitingReleases } from "./waiting.ts";

export const verb: Verb = {
  usage: `Usage: fiducial release create WHAT --for WHOM [option...]
       fiducial release sign NAME|FILE [--as NAME]
       fiducial release withdraw NAME --reason TEXT | renew
       fiducial release list | show NAME|FILE | diff NAME [NAME]

WHAT is a store path, a link to one (./result), an installable (.#scanner), or a folder with flake.nix or default.nix.
create          reads the closure out of Nix, shows what changes against the release before, fills repository/cache/
                and writes drafts/NAME.signing.json, signed by nobody yet
sign            checks the file against this station's own root and list, shows the difference and the fingerprint,
                asks, signs with your key; as soon as enough people have signed, the release is in repository/
withdraw        writes drafts/withdraw-NAME.signing.json, to be signed like a release: no scanner goes forward to it any more
renew           writes drafts/renew.signing.json, to be signed like a release: the same list for another 180 days
list, show      what is released, and what waits for signatures
diff            two releases; with one name: against the one before

${CREATE_LINES}  --reason TEXT          withdraw: why; everybody who signs reads it, and every page that shows the release
  --as NAME              which of the keys of this folder signs
${SIGNER_LINES}${CONFIRM_LINE}${PASSPHRASE_LINE}${FOLDER_LINE}  --json                 list, show and diff: as JSON
`,
  options: {
    ...STATION_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    ...CONFIRM_OPTIONS,
    ...CREATE_OPTIONS,
    ...SIGNER_OPTIONS,
    as: { type: "string" },
    reason: { type: "string" },
    json: { type: "boolean" },
  },
  run: release,
};

const ACTS: Readonly<Record<string, (station: Station, given: Given) => Promise<number>>> = {
  create,
  sign,
  withdraw,
  renew,
  list,
  show,
  diff,
};

async function release(given: Given): Promise<number> {
  const [act = "list"] = given.positionals;
  const run = Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
  if (run === undefined)
    throw new StationError(
      "usage",
      `There is no "release ${act}"; there are ${Object.keys(ACTS).join(", ")}.`,
    );
  return run(await openStation(given), given);
}

async function create(station: Station, given: Given): Promise<number> {
  const { path, file } = await createRelease(station, given, given.positionals[1]);
  process.stdout.write(
    `${fingerprintText(file)}\nWrote ${path}. Sign it here with: fiducial release sign ${file.name}; elsewhere with: fiducial release sign FILE\n`,
  );
  return EXIT.ok;
}

/** By the name of a release that waits here, or a file from somewhere. */
async function draftNamed(
  station: Station,
  name: string | undefined,
): Promise<{ path: string; file: TargetsFile }> {
  if (name === undefined)
    throw new StationError("usage", "Say which release: its name, or the file that came from somebody.");
  const own = draftPath(station, name);
  const path = (await readIfThere(own)) === null ? name : own;
  if ((await readIfThere(path)) === null)
    throw new StationError(
      "usage",
      `No release ${name} waits for signatures in ${draftsFolder(station)}, and there is no such file.`,
    );
  const file = await readSigningFile(path);
  if (file.what === "release" || file.what === "list") return { path, file };
  throw new StationError("usage", `${path} holds roots, no release: fiducial root sign ${path}`);
}

async function sign(station: Station, given: Given): Promise<number> {
  const root = await neededRoot(station);
  const { path, file } = await draftNamed(station, given.positionals[1]);
  if (file.what === "list") return signList(station, given, { path, file });
  const checked = await checkDraft(station, root, file);
  process.stdout.write(
    `${releaseText(checked.release)}\n${diffText(checked.previous, checked.release, given.values.all === true)}`,
  );
  process.stdout.write(`${fingerprintText(file)}\n${progressText(root, file)}\n`);
  await confirm(given, `Sign ${file.name}?`);
  const ring = await signersOf(station, given);
  const signed = await signRelease({ ring, root, as: textOf(given, "as") ?? null }, path, checked);
  process.stdout.write(`Signed by ${signed.by}. ${progressText(root, signed.file)}\n`);
  if (!isComplete(root, signed.file)) {
    process.stdout.write(`Give ${path} to the next: fiducial release sign FILE\n`);
    return EXIT.ok;
  }
  await finish(station, signed.file);
  return EXIT.ok;
}

/** Also for `take`: a complete release goes into the repository. Its file stays, so that it can be handed to the others. */
export async function finish(station: Station, file: ReleaseFile): Promise<void> {
  await installComplete(station, await neededRoot(station), file);
  process.stdout.write(`${file.name} is complete and in repository/.\n`);
}

async function list(station: Station, given: Given): Promise<number> {
  const root = await neededRoot(station);
  const listed = listedReleases((await currentTargets(station, root))?.body ?? null);
  const waiting = await waitingReleases(station, root);
  if (given.values.json === true) {
    const signed = listed.map(({ name, counter, floor, withdrawn, target }) => ({
      name,
      counter,
      floor,
      withdrawn,
      sha256: target.hashes.sha256,
    }));
    process.stdout.write(`${JSON.stringify({ released: signed, waiting: waiting.map(titleOf) }, null, 2)}\n`);
    return EXIT.ok;
  }
  for (const { name, counter, floor, withdrawn } of listed)
    process.stdout.write(
      `${name.padEnd(16)} counter ${counter}, floor ${floor}${withdrawn === null ? "" : `, withdrawn: ${withdrawn}`}\n`,
    );
  for (const file of waiting) process.stdout.write(`waiting: ${progressText(root, file)}\n`);
  if (listed.length + waiting.length === 0) process.stdout.write("no releases yet\n");
  return EXIT.ok;
}

async function show(station: Station, given: Given): Promise<number> {
  const name = given.positionals[1];
  const root = await neededRoot(station);
  const listed = listedReleases((await currentTargets(station, root))?.body ?? null).find(
    (one) => one.name === name,
  );
  if (listed !== undefined) return print(given, (await readListed(station, listed)).release);
  const { file } = await draftNamed(station, name);
  if (file.what === "list") {
    const text = listChangeText(await checkList(station, root, file));
    process.stdout.write(`${text}${fingerprintText(file)}\n${progressText(root, file)}\n`);
    return isComplete(root, file) ? EXIT.ok : EXIT.problem;
  }
  const checked = await checkDraft(station, root, file);
  if (given.values.json === true) return print(given, checked.release);
  print(given, checked.release);
  process.stdout.write(
    `${diffText(checked.previous, checked.release, given.values.all === true)}${fingerprintText(file)}\n${progressText(root, file)}\n`,
  );
  return isComplete(root, file) ? EXIT.ok : EXIT.problem;
}

function print(given: Given, one: Release): number {
  process.stdout.write(given.values.json === true ? `${JSON.stringify(one, null, 2)}\n` : releaseText(one));
  return EXIT.ok;
}

async function diff(station: Station, given: Given): Promise<number> {
  const root = await neededRoot(station);
  const listed = listedReleases((await currentTargets(station, root))?.body ?? null);
  const [, first, second] = given.positionals;
  const names = listed.map((one) => one.name);
  const at = (name: string | undefined) => {
    const found = listed.find((one) => one.name === name);
    if (found === undefined)
      throw new StationError(
        "usage",
        `There is no release ${name ?? "named"}; there are: ${names.join(", ") || "none"}.`,
      );
    return found;
  };
  const to = at(second ?? first);
  const from = second === undefined ? (listed.find((one) => one.counter < to.counter) ?? null) : at(first);
  const before = from === null ? null : (await readListed(station, from)).release;
  const after = (await readListed(station, to)).release;
  if (given.values.json === true) {
    const compared = diffReleases(before, after);
    const effects = compared.systems.map((one) => ({
      ...one,
      effect: effectOf(one),
      effectText: effectText(one),
    }));
    process.stdout.write(`${JSON.stringify({ ...compared, systems: effects }, null, 2)}\n`);
  } else process.stdout.write(diffText(before, after, given.values.all === true));
  return EXIT.ok;
}
