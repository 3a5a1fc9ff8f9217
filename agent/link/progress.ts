import type { AgentConfig } from "#agent/config.ts";
import { messageOf } from "#agent/link/durable.ts";
import type { EnrolledIdentity } from "#agent/link/identity.ts";
import { type LinkState, unknownFacts, writeLinkState } from "#agent/link/link-state.ts";
import type { Observer } from "#agent/link/observe.ts";
import type { LinkKept } from "#agent/link/open-state.ts";
import type { Talker, TalkStatus } from "#agent/link/talk.ts";
import type { Transport } from "#agent/link/transport.ts";
import type { System } from "#agent/system.ts";
import { VERSION } from "#agent/version.ts";

export type ProgressParts = LinkKept & {
  config: Pick<AgentConfig, "runDir" | "stateDir">;
  system: Pick<System, "nowMs">;
  identity: EnrolledIdentity;
  transport: Pick<Transport, "proxy">;
  log: (line: string) => void;
};

const STATE_EVERY_MS = 15_000;

/** Leaves what `fiducial status` reads: at once when the link's state changed, otherwise rarely; one log line per change. */
export function createProgress(
  parts: ProgressParts,
  observer: Observer,
  talker: Talker,
): () => Promise<void> {
  let shown = "";
  let sinceMs = parts.system.nowMs();
  let writtenMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const { state, code } = talker.status;
    const now = `${state} ${code ?? ""}`;
    const changed = now !== shown;
    if (changed) sinceMs = parts.system.nowMs();
    if (changed && state !== "starting") parts.log(linkLine(talker.status));
    shown = now;
    if (!changed && performance.now() - writtenMs < STATE_EVERY_MS) return;
    writtenMs = performance.now();
    await keepLinkState(parts, linkState(parts, observer, talker, sinceMs));
  };
}

function linkLine({ state, code, detail }: TalkStatus): string {
  const why = [code, detail].filter((one) => one !== null).join(": ");
  return why === "" ? `link: ${state}` : `link: ${state} (${why})`;
}

function linkState(parts: ProgressParts, observer: Observer, talker: Talker, sinceMs: number): LinkState {
  const { state, code, detail, lastAnswerMs, lastReport, skewMs } = talker.status;
  return {
    format: "fiducial.agent/1",
    pid: process.pid,
    version: VERSION,
    scannerId: parts.identity.scannerId,
    serial: parts.identity.serial,
    serverUrl: parts.identity.serverUrl,
    proxy: parts.transport.proxy,
    link: { state, code, detail, sinceMs },
    lastAnswerMs,
    lastReportMs: lastReport?.atMs ?? null,
    lastReportSeq: lastReport?.seq ?? null,
    skewMs,
    outbox: parts.outbox.count,
    droppedReports: parts.counters.droppedReports,
    unknown: unknownFacts(observer.facts),
    problems: parts.problems.list(),
    writtenAtMs: parts.system.nowMs(),
  };
}

/** Memory-backed run folder first (no disk is woken), the state folder where there is none of ours. */
async function keepLinkState(parts: ProgressParts, state: LinkState): Promise<void> {
  const { runDir, stateDir } = parts.config;
  try {
    await writeLinkState(runDir, state);
  } catch (runError) {
    try {
      await writeLinkState(stateDir, state);
    } catch (error) {
      parts.log(`status cannot be kept: ${messageOf(runError)}; ${messageOf(error)}`);
    }
  }
}
