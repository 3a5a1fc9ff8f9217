import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Collector, createCollector } from "#agent/collect/collect.ts";
import { type AgentConfig, readCaFile } from "#agent/config.ts";
import { durableFolder, messageOf } from "#agent/link/durable.ts";
import { isUnderWay } from "#agent/link/fetch-plan.ts";
import { FetchRunner, startFetch } from "#agent/link/fetch-runner.ts";
import { type EnrolledIdentity, loadIdentity } from "#agent/link/identity.ts";
import { lockInstance } from "#agent/link/instance-lock.ts";
import type { SigningKey } from "#agent/link/keys.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { Loop } from "#agent/link/loop.ts";
import type { Moment } from "#agent/link/make-report.ts";
import { measureSelf } from "#agent/link/measure.ts";
import { createObserver, type Observer } from "#agent/link/observe.ts";
import { type LinkKept, openLinkState } from "#agent/link/open-state.ts";
import { createProgress } from "#agent/link/progress.ts";
import { Talker } from "#agent/link/talk.ts";
import { createTransport, type Transport } from "#agent/link/transport.ts";
import type { System } from "#agent/system.ts";
import { VERSION } from "#agent/version.ts";
import { bootIdSchema } from "#core/identity/identity.ts";
import type { FactValue } from "#core/report/kinds.ts";

/**
 * The agent: everything that lives in one process, put together. It opens no port, spawns nothing but the program that fetches changes
 * (where they are enabled), and holds no right beyond its state folder and its place in the run folder.
 */
export type RunningAgent = {
  /** Ends cleanly: what waits stays in the outbox. */
  stop(): Promise<void>;
  /** Rejects when the agent met a defect of its own. */
  readonly done: Promise<void>;
};

/** How the agent's two ends are made; a host that is pretended puts a worse network in between. */
export type Makers = {
  collectorFor: typeof createCollector;
  transportFor: typeof createTransport;
  /** Starts the program that fetches changes; only where changes are enabled. */
  fetchChild: typeof startFetch;
  /** What the agent costs its scanner; one process that is many agents has no such number. */
  measureCost: () => Pick<FactValue<"agent">, "residentBytes" | "anonymousBytes" | "cpuMs" | "wakeups">;
};
const MAKERS: Makers = {
  collectorFor: createCollector,
  transportFor: createTransport,
  fetchChild: startFetch,
  measureCost: () => measureSelf(),
};

/** Throws LinkError when it cannot start: not enrolled, already running, state folder not writable, unusable settings. */
export async function runAgent(
  config: AgentConfig,
  system: System,
  log: (line: string) => void,
  makers: Partial<Makers> = {},
): Promise<RunningAgent> {
  const { collectorFor, transportFor, measureCost, fetchChild } = { ...MAKERS, ...makers };
  const { identity, key } = await loadIdentity(config.stateDir);
  const bootId = await readBootId(system);
  await prepareFolders(config);
  const unlock = await lockInstance(config.stateDir, bootId);
  try {
    const kept = await openLinkState(config, {
      enrolledAtMs: identity.enrolledAtMs,
      bootId,
      nowMs: system.nowMs(),
      log,
    });
    const transport = transportFor({
      serverUrl: identity.serverUrl,
      key,
      serverKey: { pinned: identity.serverPublicKey },
      proxy: config.proxy,
      extraCa: readCaFile(config.caFile),
    });
    return assemble({
      config,
      system,
      identity,
      key,
      bootId,
      ...kept,
      transport,
      unlock,
      log,
      collectorFor,
      measureCost,
      fetchChild,
    });
  } catch (error) {
    await unlock();
    throw error;
  }
}

type Parts = LinkKept & {
  config: AgentConfig;
  system: System;
  identity: EnrolledIdentity;
  key: SigningKey;
  bootId: string;
  transport: Transport;
  unlock: () => Promise<void>;
  log: (line: string) => void;
  collectorFor: Makers["collectorFor"];
  measureCost: Makers["measureCost"];
  fetchChild: Makers["fetchChild"];
};

/** Throws LinkError: without the boot id a reboot could not be told from a restart. */
export async function readBootId(system: System): Promise<string> {
  const read = await system.readText("/proc/sys/kernel/random/boot_id");
  const parsed = bootIdSchema.safeParse(read.ok ? read.value.trim() : "");
  if (parsed.success) return parsed.data;
  throw new LinkError(
    "bad-config",
    "/proc/sys/kernel/random/boot_id cannot be read: this agent runs on Linux only.",
  );
}

async function prepareFolders(config: AgentConfig): Promise<void> {
  try {
    await durableFolder(config.stateDir);
  } catch (error) {
    throw new LinkError("state-unwritable", `${config.stateDir} cannot be made: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  // By hand the run folder may not be ours to make; its absence shows as a problem in the report, not as an end.
  await mkdir(config.runDir, { recursive: true }).catch((error: unknown) => messageOf(error));
}

function assemble(parts: Parts): RunningAgent {
  const { config, system, identity, transport } = parts;
  const startedAtMs = system.nowMs();
  const collector = parts.collectorFor(system, {
    runDir: config.runDir,
    safetySocket: config.safetySocket,
    profiles: config.profiles,
    mode: config.mode,
    agentFact: () => agentFact(parts, startedAtMs),
  });
  const clockMs = () => performance.now();
  const moment = (): Moment => ({
    bootId: parts.bootId,
    nowMs: system.nowMs(),
    uptimeMs: Math.max(0, Math.round(system.monotonicMs())),
  });
  const observer = createObserver({ ...parts, collector, moment, clockMs });
  const fetching = config.changesEnabled ? startFetching(parts, collector, observer, clockMs) : null;
  const talker = new Talker({
    ...parts,
    runDir: config.runDir,
    digest: () => observer.digest,
    scanning: () => collector.scanning(),
    moment,
    clockMs,
    random: Math.random,
    needFull: () => loop.askFull(),
    directorVersion: (version) => fetching?.see(version),
  });
  const loop: Loop = new Loop({
    ...parts,
    watch: (changed) => collector.watch(changed),
    observer,
    talker,
    runDir: config.runDir,
    clockMs,
    random: Math.random,
    progressed: createProgress(parts, observer, talker),
  });
  parts.log(
    `reporting to ${identity.serverUrl} as ${identity.serial}${transport.proxy === null ? "" : ` through ${transport.proxy}`}`,
  );
  return {
    done: Promise.all([loop.done, fetching?.done]).then(() => undefined),
    async stop() {
      await Promise.all([loop.stop(), fetching?.stop()]);
      transport.close();
      await parts.unlock();
    },
  };
}

function startFetching(
  { config, problems, log, fetchChild }: Parts,
  collector: Collector,
  observer: Observer,
  clockMs: () => number,
): FetchRunner {
  const program = config.fetchProgram ?? join(dirname(process.argv[1] ?? ""), "fiducial-fetch.mjs");
  return new FetchRunner({
    start: () => fetchChild(program),
    scanning: () => collector.scanning(),
    underWay: () => {
      const { change } = observer.facts ?? {};
      return change?.state === "observed" && isUnderWay(change.value.state);
    },
    problems,
    clockMs,
    random: Math.random,
    log,
  });
}

function agentFact(parts: Parts, startedAtMs: number): FactValue<"agent"> {
  const { config, counters, outbox, problems, transport } = parts;
  return {
    version: VERSION,
    node: process.version,
    mode: config.mode,
    user: process.getuid?.() === 0 ? "root" : "unprivileged",
    changesEnabled: config.changesEnabled,
    ...parts.measureCost(),
    startedAtMs,
    outboxReports: outbox.count,
    droppedReports: counters.droppedReports,
    proxy: transport.proxy?.slice(0, 256) ?? null,
    customCa: config.caFile !== null,
    problems: problems.list().slice(0, 50),
  };
}
