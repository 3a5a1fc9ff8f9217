import { follow } from "#agent/activate/follow.ts";
import type { Host } from "#agent/activate/host.ts";
import type { BundleAct, Options } from "#agent/activate/options.ts";
import { applyBundle, verifyBundle } from "#agent/bundle/apply.ts";
import { openBundle } from "#agent/bundle/bundle.ts";
import { BUNDLE_PROBLEMS, BundleError } from "#agent/bundle/bundle-error.ts";
import { waitForReport, writeResults } from "#agent/bundle/results.ts";
import { carriedRoot } from "#agent/bundle/stage.ts";
import { removeIfThere } from "#agent/link/durable.ts";
import type { Journal } from "#core/change/journal.ts";
import { toldOf } from "#core/change/told.ts";
import { isPardon } from "#core/trust/instruction.ts";

/** How it ended: exit statuses are the program's. `say`: for standard output. */
type Ended = { how: "ok" | "otherwise" | "refused"; say: string };
type Tell = (line: string) => void;
type Asked = NonNullable<Options["bundle"]>;

/** `bundle verify|apply|results FOLDER`, by root on the scanner, with no network (OFF-1). */
export async function carryOutBundle(
  host: Host,
  { act, folder }: Asked,
  { wait, tell }: { wait: boolean; tell: Tell },
): Promise<Ended> {
  try {
    return await ACTS[act]({ host, folder, wait, tell });
  } catch (error) {
    if (error instanceof BundleError) return { how: "refused", say: refusalText(error) };
    throw error;
  }
}

type Act = (asked: { host: Host; folder: string; wait: boolean; tell: Tell }) => Promise<Ended>;

const ACTS: Readonly<Record<BundleAct, Act>> = {
  verify: async ({ host, folder, tell }) => {
    await verifyBundle(host, openBundle(folder), tell);
    return { how: "ok", say: `This scanner would take it: fiducial-activate bundle apply ${folder}\n` };
  },
  apply: async ({ host, folder, wait, tell }) => {
    const { instruction } = await applyBundle(host, openBundle(folder), tell);
    if (isPardon(instruction.instruction.action))
      return { how: "ok", say: `heard: see fiducial-activate status\n${LATER}` };
    if (!wait) return { how: "ok", say: "begun: see fiducial-activate status\n" };
    const ended = await follow(host, tell);
    return told(host, folder, ended, instruction.instruction.changeId);
  },
  results: async ({ host, folder }) => {
    const reports = await writeResults(host, folder);
    const none = "Nothing waits here: the server has every report of this scanner.\n";
    return { how: "ok", say: reports === 0 ? none : `${reports} reports written. ${HOME}` };
  },
};

const LATER =
  "The server hears of it from this scanner's next report: fiducial-activate bundle results FOLDER\n";
const HOME = "Where there is a network: fiducial bundle results FOLDER --server ADDRESS\n";

/** A stick that was pulled by then, or cannot be written, takes nothing back: the change is what it is, and reports come later. */
async function told(host: Host, folder: string, ended: Journal, changeId: string): Promise<Ended> {
  const { state, reason } = toldOf(ended);
  const why = reason === null ? "" : ` (${reason})`;
  const isEnd = ended.step === "rest";
  if (isEnd) await removeIfThere(carriedRoot(host));
  const rest = isEnd ? "" : "; it goes on by itself: see fiducial-activate status";
  const how = state === "confirmed" || !isEnd ? "ok" : "otherwise";
  await waitForReport(host, changeId, state);
  try {
    const reports = await writeResults(host, folder);
    return { how, say: `${state}${why}${rest}\n${reports} reports written. ${HOME}` };
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    const later = `Its reports were not written: ${refusalText(error)}`;
    return { how, say: `${state}${why}${rest}\n${later}` };
  }
}

function refusalText({ reason, message }: BundleError): string {
  const help = Object.hasOwn(BUNDLE_PROBLEMS, reason)
    ? BUNDLE_PROBLEMS[reason as keyof typeof BUNDLE_PROBLEMS]
    : "This scanner does not take it. Nothing was changed.";
  return `refused (${reason}): ${help}\n  ${message}\n`;
}
