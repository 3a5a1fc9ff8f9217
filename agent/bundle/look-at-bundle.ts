import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { here, trustOf, whoAmI } from "#agent/activate/consider.ts";
import type { Host } from "#agent/activate/host.ts";
import { stillStands } from "#agent/activate/pardon.ts";
import { readDevice } from "#agent/activate/read-device.ts";
import { type SignedPath, signedPaths } from "#agent/activate/signed-list.ts";
import { type Bundle, below, unfetched } from "#agent/bundle/bundle.ts";
import { BundleError } from "#agent/bundle/bundle-error.ts";
import { describedNar } from "#agent/bundle/carried-nar.ts";
import { durableFolder, errorCode } from "#agent/link/durable.ts";
import type { Refreshed, Trust } from "#agent/trust/trust.ts";
import type { VerifiedInstruction } from "#agent/trust/verified.ts";
import { isOver } from "#core/change/decide-before.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { refuseSystem } from "#core/release/fit.ts";
import { RELEASE_LIMIT_BYTES } from "#core/release/release.ts";
import { refuseInstruction } from "#core/trust/accept.ts";
import type { TrustRefusal } from "#core/trust/attack.ts";
import { isPardon } from "#core/trust/instruction.ts";
import {
  CARRIED_TARGETS_NAME,
  METADATA_LIMIT_BYTES,
  metadataName,
  REPOSITORIES,
  repositoryFolder,
  targetName,
} from "#core/trust/layout.ts";

/** What a bundle holds for this scanner, once all of it but the content of its archives is proved. A pardon brings no paths. */
export type Found = {
  instruction: VerifiedInstruction;
  paths: SignedPath[];
  /** Those of the paths that this scanner does not hold. */
  absent: SignedPath[];
  /** Verified files, by their name in the bundle. */
  files: { name: string; bytes: Uint8Array }[];
};

/**
 * Looks at a bundle with the verifier and the rules of every other change, and changes nothing: what is learnt of versions is forgotten
 * again. Throws BundleError with the reason why this scanner would not take it.
 */
export async function lookAtBundle(host: Host, bundle: Bundle): Promise<Found> {
  if (!host.settings.enable)
    throw new BundleError(
      "changes-off",
      "Changes are off on this scanner (services.fiducial.changes.enable).",
    );
  const who = await whoAmI(host);
  if (typeof who !== "string") {
    const detail = "detail" in who ? who.detail : "";
    throw new BundleError(who.answer === "refused" ? who.reason : "not-enrolled", detail);
  }
  const folder = join(host.folders.state, "bundle", "trust");
  await copyTrust(host, folder);
  try {
    return await lookWith({ host, bundle, who, trust: await trustOf(host, who, folder) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function copyTrust({ folders }: Host, copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
  await durableFolder(join(copy, ".."));
  try {
    await cp(join(folders.state, "trust"), copy, { recursive: true });
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

type Looking = { host: Host; bundle: Bundle; who: ScannerId; trust: Trust };

async function lookWith({ host, bundle, who, trust }: Looking): Promise<Found> {
  const looked = await trust.refreshCarried({
    release: below(bundle, repositoryFolder("release", who)),
    director: below(bundle, repositoryFolder("director", who)),
  });
  if (!looked.ok) throw await whyNot(bundle, looked);
  const { instruction } = looked;
  if (instruction === null) throw new BundleError("nothing-asked", "no instruction");
  const { seq, changeId, action } = instruction.instruction;
  if (isOver(await host.records.journal(), seq)) throw new BundleError("done-already", changeId);
  refuse(refuseInstruction(instruction, await here(host)));
  const metadata = REPOSITORIES.flatMap((repository) =>
    looked.files[repository].map((file) => ({
      name: `${repositoryFolder(repository, who)}/${file.name}`,
      bytes: file.bytes,
    })),
  );
  if (isPardon(action)) {
    await needStanding(host, instruction);
    return { instruction, paths: [], absent: [], files: metadata };
  }
  const { release, file } = await releaseOf({ host, bundle, who, trust }, instruction);
  const paths = signedPaths(release);
  const absent = await host.store.missing(paths);
  for (const one of absent) await describedNar(bundle, one);
  return { instruction, paths, absent, files: [...metadata, file] };
}

async function releaseOf({ host, bundle, who, trust }: Looking, instruction: VerifiedInstruction) {
  const { target } = instruction;
  const name = `release/${targetName(target.path, target.hashes.sha256)}`;
  const read = await bundle.read(name, Math.min(target.length, RELEASE_LIMIT_BYTES));
  if (!read.ok) throw unfetched(name, read);
  const release = trust.release(instruction, read.bytes);
  if ("refused" in release) throw refusedAs(release);
  refuse(refuseSystem(release.system, await readDevice(host, who)));
  return { release, file: { name, bytes: read.bytes } };
}

/** A word that would end nothing here has made its journey for nothing, and whoever brought it is told so. */
async function needStanding(host: Host, { instruction }: VerifiedInstruction): Promise<void> {
  if (await stillStands(host, instruction)) return;
  const { action, changeId, seq, failedChangeId = "" } = instruction;
  if ((await host.records.sequence())?.seq === seq) throw new BundleError("done-already", changeId);
  throw new BundleError(action === "lift-block" ? "not-blocked-by-it" : "not-held-by-it", failedChangeId);
}

function refuse(refusal: TrustRefusal | null): void {
  if (refusal !== null) throw refusedAs(refusal);
}

function refusedAs({ refused, where, detail }: TrustRefusal): BundleError {
  return new BundleError(refused, `${where}: ${detail}`);
}

/** Absent is not one thing: another folder, a bundle for others, and one that was cut off are three. */
async function whyNot(bundle: Bundle, looked: Extract<Refreshed, { ok: false }>): Promise<BundleError> {
  if ("refusal" in looked) {
    const { refusal, repository, role } = looked;
    const isOlder = refusal.refused === "metadata-rolled-back" && role !== "root";
    // No attack that could be told from a stick that lay in a drawer: the scanner goes by what it knows (update-systems.md §4.4).
    if (isOlder && repository === "director") return new BundleError("superseded", refusal.detail);
    return refusedAs(refusal);
  }
  const { problem, detail, repository, role } = looked.unreached;
  const trouble = unfetched(looked.unreached.name, { ok: false, problem, detail });
  if (problem !== "absent" || repository !== "director" || role !== "timestamp") return trouble;
  const list = await bundle.read(`release/${CARRIED_TARGETS_NAME}`, METADATA_LIMIT_BYTES.targets);
  const isBundle = list.ok || list.problem !== "absent";
  const wanted = metadataName("timestamp", 0);
  return new BundleError(isBundle ? "not-for-this-scanner" : "not-a-bundle", `no ${wanted} for it`);
}
