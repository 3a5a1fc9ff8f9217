import { EXIT } from "../exit.ts";
import { type Given, textOf } from "../verb.ts";
import { confirm } from "./confirm.ts";
import { signersOf } from "./external-signer.ts";
import {
  checkList,
  installList,
  type ListChange,
  listChangeText,
  listDraft,
  listVersion,
} from "./list-change.ts";
import { draftPath } from "./release-draft.ts";
import { currentTargets, neededRoot, type Signed } from "./repository.ts";
import { fingerprintText, isComplete, progressText, signRelease } from "./sign-release.ts";
import { type ListFile, readSigningFile, writeSigningFile } from "./signing-file.ts";
import { draftsFolder, openFolder, readIfThere, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

/** `fiducial release withdraw NAME --reason TEXT`: writes what is to be signed. */
export async function withdraw(station: Station, given: Given): Promise<number> {
  const name = given.positionals[1];
  if (name === undefined) throw new StationError("usage", "Say which release is taken back: its name.");
  const withdraws = { name, reason: textOf(given, "reason") ?? "" };
  return draft(station, `withdraw-${name}`, { withdraws });
}

/** `fiducial release renew`: the same list for another half year. */
export async function renew(station: Station): Promise<number> {
  return draft(station, "renew", { withdraws: null });
}

async function draft(station: Station, name: string, change: ListChange): Promise<number> {
  const root = await neededRoot(station);
  const before = await currentTargets(station, root);
  if (before === null)
    throw new StationError("usage", "There is no list of releases yet: nothing to change in it.");
  const file = listDraft(before, change, Date.now());
  const path = draftPath(station, name);
  await needReplaceable(path, before);
  await openFolder(draftsFolder(station));
  await writeSigningFile(path, file);
  process.stdout.write(
    `${listChangeText(await checkList(station, root, file))}${fingerprintText(file)}\nWrote ${path}. Sign it here with: fiducial release sign ${name}; elsewhere with: fiducial release sign FILE\n`,
  );
  return EXIT.ok;
}

/** What somebody signed and what is not in force yet may be all that is left of their signature. */
async function needReplaceable(path: string, before: Signed<"targets">): Promise<void> {
  if ((await readIfThere(path)) === null) return;
  const there = await readSigningFile(path);
  if (there.what !== "list" || there.targets.signatures.length === 0) return;
  if (listVersion(there) > before.body.version)
    throw new StationError(
      "usage",
      `${path} waits for signatures and has some already. Sign it, or remove it to make it anew.`,
    );
}

/** Shows, asks, signs, and puts it into force when it is complete. */
export async function signList(
  station: Station,
  given: Given,
  { path, file }: { path: string; file: ListFile },
): Promise<number> {
  const root = await neededRoot(station);
  const checked = await checkList(station, root, file);
  process.stdout.write(`${listChangeText(checked)}${fingerprintText(file)}\n${progressText(root, file)}\n`);
  await confirm(given, "Sign this list?");
  const ring = await signersOf(station, given);
  const signed = await signRelease({ ring, root, as: textOf(given, "as") ?? null }, path, checked);
  process.stdout.write(`Signed by ${signed.by}. ${progressText(root, signed.file)}\n`);
  if (isComplete(root, signed.file)) await finishList(station, signed.file);
  else process.stdout.write(`Give ${path} to the next: fiducial release sign FILE\n`);
  return EXIT.ok;
}

/** Also for `take`: checks again, because the file may have come from elsewhere, and installs. */
export async function finishList(station: Station, file: ListFile): Promise<void> {
  const root = await neededRoot(station);
  await installList(station, root, await checkList(station, root, file));
  process.stdout.write(
    "The list is complete and in repository/. fiducial publish brings it to the scanners.\n",
  );
}
