import { ActivateError } from "#agent/activate/activate-error.ts";
import { consider } from "#agent/activate/consider.ts";
import type { Host } from "#agent/activate/host.ts";
import type { Bundle } from "#agent/bundle/bundle.ts";
import { BundleError } from "#agent/bundle/bundle-error.ts";
import { readNar } from "#agent/bundle/carried-nar.ts";
import { type Found, lookAtBundle } from "#agent/bundle/look-at-bundle.ts";
import {
  clearStage,
  type Import,
  importStaged,
  needRoom,
  type Stage,
  stageBundle,
  stageOf,
} from "#agent/bundle/stage.ts";
import { durableFolder } from "#agent/link/durable.ts";
import { lockInstance } from "#agent/link/instance-lock.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { isScanning } from "#core/change/gates.ts";
import type { ActivateAnswer } from "#core/change/verbs.ts";
import { bytesText } from "#core/time/duration.ts";
import { isPardon, type Pardon } from "#core/trust/instruction.ts";

type Tell = (line: string) => void;

/** Everything that `applyBundle` would ask of a bundle, archives included, and nothing done. Throws BundleError. */
export async function verifyBundle(host: Host, bundle: Bundle, tell: Tell): Promise<Found> {
  return alone(host, async () => {
    const found = await lookAtBundle(host, bundle);
    tell(foundText(found));
    for (const one of found.absent) await readNar(bundle, one, null);
    return found;
  });
}

/**
 * Takes a bundle: proves it, brings what is missing into this scanner's own store, and then asks what every change asks (`consider`), over
 * copies of root's own. Once the line "no longer needed" was told, the stick may go; before that nothing is half, because nothing of
 * it runs. Throws BundleError.
 */
export async function applyBundle(
  host: Host,
  bundle: Bundle,
  tell: Tell,
  bring: Import = importStaged,
): Promise<Found> {
  return alone(host, async (stage) => {
    const found = await lookAtBundle(host, bundle);
    tell(foundText(found));
    refuseWhileScanning(host);
    await needRoom(host, found.absent);
    const total = found.absent.reduce((sum, { narSize }) => sum + narSize, 0);
    await stageBundle(stage, bundle, found, progressOf(tell, total));
    tell("Everything is read from the bundle; it is no longer needed for the change.");
    const brought = await bring(host, stage, found);
    if (!brought.ok)
      throw new BundleError("refused" in brought ? brought.refused : "copy-failed", brought.detail);
    const staged = { ...host, folders: { ...host.folders, spool: stage.spool } };
    needTaken(await consider(staged, { carried: true }), found);
    await clearStage(stage);
    return found;
  });
}

/** One bundle at a time: two would take each other's files away. */
async function alone<T>(host: Host, work: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = stageOf(host);
  await durableFolder(stage.folder);
  const unlock = await lockInstance(stage.folder, host.bootId).catch((error: unknown) => {
    if (error instanceof LinkError && error.code === "already-running")
      throw new ActivateError("busy", "Another bundle is being read on this scanner.");
    throw error;
  });
  try {
    return await work(stage);
  } finally {
    await unlock();
  }
}

function foundText({ instruction, absent }: Found): string {
  const { release, action, changeId, failedChangeId, requestedBy, notAfterMs } = instruction.instruction;
  const bytes = absent.reduce((sum, { narSize }) => sum + narSize, 0);
  const until = new Date(notAfterMs).toISOString();
  if (isPardon(action))
    return `${PARDON_TEXTS[action]} for this scanner after change ${failedChangeId} (${release}), decided by ${requestedBy}, to be heard until ${until}.`;
  return `${release} for this scanner (${action}, change ${changeId}), to be begun until ${until}; ${absent.length} paths to bring, ${bytesText("en", bytes)}.`;
}

const PARDON_TEXTS = {
  "release-hold": "The end of the hold",
  "lift-block": "The end of the block",
} as const satisfies Record<Pardon, string>;

/** Reading gigabytes is nothing to do beside a scan (SEE-17). The interlock itself is asked again before anything changes. */
function refuseWhileScanning(host: Host): void {
  if (isScanning(host.safety.heard()))
    throw new BundleError("busy", "The scanner scans; type this again when it is idle.");
}

function progressOf(tell: Tell, totalBytes: number): (bytes: number) => void {
  let done = 0;
  let toldTenths = 0;
  return (bytes) => {
    done += bytes;
    const tenths = Math.floor((10 * done) / Math.max(1, totalBytes));
    if (tenths === toldTenths) return;
    toldTenths = tenths;
    tell(`${bytesText("en", done)} of ${bytesText("en", totalBytes)} read`);
  };
}

function needTaken(answer: ActivateAnswer, { instruction }: Found): void {
  const { changeId, action } = instruction.instruction;
  switch (answer.answer) {
    case "under-way":
      if (answer.changeId === changeId) return;
      throw new BundleError("busy", `Change ${answer.changeId} is being carried out on this scanner.`);
    case "nothing":
      // A pardon starts nothing: that it was heard is all there is.
      if (isPardon(action)) return;
      throw new BundleError("done-already", "nothing is left to do");
    case "refused":
      throw new BundleError(answer.reason, answer.detail);
    case "off":
    case "status":
    case "need-metadata":
    case "need-release":
    case "need-paths":
    case "failed":
      throw new BundleError("copy-failed", "detail" in answer ? answer.detail : answer.answer);
  }
}
