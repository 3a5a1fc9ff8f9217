import { type Given, textOf, type Verb } from "../verb.ts";
import { CONFIRM_LINE, CONFIRM_OPTIONS, confirm } from "./confirm.ts";
import { CREATE_LINES, CREATE_OPTIONS, createRelease } from "./create-release.ts";
import { destinationOf } from "./destination.ts";
import { KeyRing } from "./key-ring.ts";
import { passphrasesOf } from "./passphrase.ts";
import { PUBLISH_LINES, PUBLISH_OPTIONS, publish } from "./publish.ts";
import { finish } from "./release.ts";
import { checkDraft } from "./release-draft.ts";
import { neededRoot } from "./repository.ts";
import { fingerprintText, isComplete, progressText, signRelease } from "./sign-release.ts";
import { FOLDER_LINE, openStation, PASSPHRASE_LINE, PASSPHRASE_OPTIONS, STATION_OPTIONS } from "./station.ts";
import { StationError } from "./station-error.ts";

export const verb: Verb = {
  usage: `Usage: fiducial ship WHAT [--to ADDRESS|FOLDER] [option...]

For one who signs alone: builds WHAT (a store path, ./result, .#scanner, a folder with flake.nix or default.nix), shows what
changes, asks, signs, and publishes. With more people: fiducial release create, and each fiducial release sign.
Interrupted after signing? "fiducial publish" goes on.

  --to WHERE             an address or a folder (where "fiducial init --publish-to" said)
${CREATE_LINES}${PUBLISH_LINES}${CONFIRM_LINE}${PASSPHRASE_LINE}${FOLDER_LINE}`,
  options: {
    ...STATION_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    ...CONFIRM_OPTIONS,
    ...CREATE_OPTIONS,
    ...PUBLISH_OPTIONS,
    to: { type: "string" },
    as: { type: "string" },
  },
  run: ship,
};

async function ship(given: Given): Promise<number> {
  const station = await openStation(given);
  const root = await neededRoot(station);
  if (root.body.roles.targets.threshold > 1)
    throw new StationError(
      "usage",
      `A release of this station needs ${root.body.roles.targets.threshold} people: fiducial release create, then each fiducial release sign.`,
    );
  const to = textOf(given, "to") ?? station.settings.publishTo ?? undefined;
  if (to === undefined)
    throw new StationError(
      "usage",
      'Say where to publish with --to, or once for all with "fiducial init --publish-to".',
    );
  // Before the build: a wrong word must not cost half an hour.
  destinationOf(to);
  const { path, file } = await createRelease(station, given, given.positionals[0]);
  process.stdout.write(`${fingerprintText(file)}\n`);
  await confirm(given, `Sign ${file.name} and publish it to ${to}?`);
  const ring = new KeyRing(station, passphrasesOf(given));
  const checked = await checkDraft(station, root, file);
  const signed = await signRelease({ ring, root, as: textOf(given, "as") ?? null }, path, checked);
  if (!isComplete(root, signed.file)) throw new StationError("incomplete", progressText(root, signed.file));
  await finish(station, signed.file);
  return publish(station, given, ring, to);
}
