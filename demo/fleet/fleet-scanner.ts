import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { createCollector } from "#agent/collect/collect.ts";
import { type AgentConfig, CHANGE_PLACES } from "#agent/config.ts";
import { FETCH_EXIT } from "#agent/link/fetch-plan.ts";
import type { FetchChild } from "#agent/link/fetch-runner.ts";
import { createTransport } from "#agent/link/transport.ts";
import { type RunningAgent, runAgent } from "#agent/run-agent.ts";
import type { ScannerChanges } from "#demo/change/scanner-changes.ts";
import type { AgentHooks } from "#demo/fleet/fleet-changes.ts";
import { LinkGate } from "#demo/fleet/link-gate.ts";
import type { Folders } from "#demo/fleet/state-folder.ts";
import type { HostState } from "#demo/host/host-state.ts";
import type { SimulatedHost } from "#demo/host/simulated-system.ts";
import { agentFactAt } from "#demo/seed/collect-at.ts";

const RUN_FOLDER = "/run/fiducial";
/** As systemd restarts the service (nix/units). */
const RESTART_MS = 5_000;

/** What an acknowledgement says of instructions (core/protocol/acknowledgement.ts). */
const newsSchema = z.object({ directorVersion: z.int().nonnegative() });

/** On a scanner the agent has no rights, whoever runs this fleet. */
const AS_A_SERVICE = { user: "unprivileged" } as const;

export type ScannerParts = {
  host: SimulatedHost;
  /** How it is changed; null: no release was ever signed for this fleet. */
  changesFor: ((hooks: AgentHooks) => ScannerChanges) | null;
  /** Milliseconds that a boot takes. */
  bootMs: number;
  folders: Folders;
  /** It has an agent that may speak; false: nothing is heard of it until somebody lets it. */
  speaks: boolean;
  log: (line: string) => void;
};

/** One simulated scanner of the fleet: the host, its real agent, and the way between that and the server. */
export class FleetScanner {
  readonly host: SimulatedHost;
  readonly #parts: ScannerParts;
  readonly #gate = new LinkGate(() => performance.now());
  #agent: RunningAgent | null = null;
  readonly #changes: ScannerChanges | null;
  #wanted = false;
  /** Between going down and the kernel that starts. */
  #down = false;
  #bootId = "";
  #work: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | null = null;
  #held: Promise<void> = Promise.resolve();

  constructor(parts: ScannerParts) {
    this.#parts = parts;
    this.host = parts.host;
    this.#changes =
      parts.changesFor?.({
        reboot: (boot) => this.#reboot(boot),
        restartAgent: () => this.#restartAgent(),
        agentAgeMs: () => this.#agentAgeMs(),
      }) ?? null;
  }

  get folders(): Folders {
    return this.#parts.folders;
  }

  /** Until then it looks for no changes. */
  holdChanges(until: Promise<void>): void {
    this.#held = until;
  }

  get running(): boolean {
    return this.#agent !== null;
  }

  start(): Promise<void> {
    this.#wanted = this.#parts.speaks;
    return this.#settle();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    if (this.#restart !== null) clearTimeout(this.#restart);
    await this.#settle();
    this.host.end();
  }

  /** A change that an earlier run of this program began is carried on, or back. */
  async resume(): Promise<void> {
    await this.#changes?.resume();
  }

  /** Makes the host another one; its agent is stopped or started anew where a machine's would be. */
  async change(next: (state: HostState) => HostState): Promise<void> {
    this.host.change(next);
    await this.#settle();
  }

  /** One after the other: what is wanted may change while an agent is still starting. */
  #settle(): Promise<void> {
    const run = () => this.#follow();
    this.#work = this.#work.then(run, run);
    return this.#work;
  }

  async #follow(): Promise<void> {
    const { agent: look, link, state } = this.host.picture;
    this.#gate.set(link);
    const wanted = this.#wanted && !this.#down && look === "running";
    if (this.#agent !== null && (!wanted || this.#bootId !== state.boot.id)) await this.#end(this.#agent);
    if (!wanted || this.#agent !== null) return;
    this.#bootId = state.boot.id;
    this.#agent = await this.#begin();
  }

  async #reboot(boot: () => Promise<void>): Promise<void> {
    this.#down = true;
    await this.#settle();
    await pause(this.#parts.bootMs);
    await boot();
    this.#down = false;
    await this.#settle();
  }

  async #restartAgent(): Promise<void> {
    if (this.#agent !== null) await this.#end(this.#agent);
    await this.#settle();
  }

  async #agentAgeMs(): Promise<number | null> {
    const { runDir } = this.#parts.folders;
    const alive = await stat(join(runDir, "agent.alive")).catch(() => null);
    return alive === null || this.#agent === null ? null : Math.max(0, Date.now() - alive.mtimeMs);
  }

  async #end(agent: RunningAgent): Promise<void> {
    this.#agent = null;
    await agent.stop();
  }

  async #begin(): Promise<RunningAgent> {
    const agent = await runAgent(this.#config(), this.host.system, () => undefined, {
      collectorFor: (system, options) =>
        createCollector(system, {
          ...options,
          runDir: RUN_FOLDER,
          agentFact: () => ({ ...options.agentFact(), ...AS_A_SERVICE }),
        }),
      measureCost: () => this.#cost(),
      transportFor: (options) => this.#gate.before(createTransport(options), (body) => this.#hear(body)),
      ...(this.#changes === null ? {} : { fetchChild: this.#fetch(this.#changes) }),
    });
    agent.done.catch((error: unknown) => this.#died(agent, error));
    return agent;
  }

  #fetch(changes: ScannerChanges): () => FetchChild {
    return () => {
      let child: FetchChild | null = null;
      let stopped = false;
      const begin = () => {
        if (stopped) return { status: FETCH_EXIT.later, last: "told to stop" };
        child = changes.fetch();
        return child.ended;
      };
      const stop = () => {
        stopped = true;
        child?.stop();
      };
      return { ended: this.#held.then(begin), stop };
    };
  }

  #hear(body: unknown): void {
    const news = newsSchema.safeParse(body);
    if (news.success) this.#changes?.see(news.data.directorVersion);
  }

  /** The process is a whole fleet; what one agent costs its scanner is measured elsewhere (docs/performance.md). */
  #cost() {
    const { residentBytes, anonymousBytes, cpuMs, wakeups } = agentFactAt(this.host.state.boot.atMs);
    return { residentBytes, anonymousBytes, cpuMs, wakeups };
  }

  #died(agent: RunningAgent, error: unknown): void {
    if (this.#agent !== agent) return;
    this.#agent = null;
    const { serial } = this.host.state;
    this.#parts.log(
      `the agent of ${serial} ended: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
    );
    // A process that ended would have let go of its lock; this one lives on.
    const again = () =>
      rm(join(this.#parts.folders.stateDir, "agent.lock"), { force: true }).then(() => this.#settle());
    this.#restart = setTimeout(() => {
      again().catch((reason: unknown) => this.#parts.log(`the agent of ${serial} does not start: ${reason}`));
    }, RESTART_MS);
  }

  #config(): AgentConfig {
    const { stateDir, runDir } = this.#parts.folders;
    return {
      mode: "service",
      stateDir,
      runDir,
      safetySocket: `${RUN_FOLDER}/safety.sock`,
      profiles: "/nix/var/nix/profiles",
      caFile: null,
      proxy: { httpsProxy: null, noProxy: "" },
      changesEnabled: this.#changes !== null,
      ...CHANGE_PLACES,
      outbox: { reports: 2_000, bytes: 64 * 1024 * 1024 },
    };
  }
}
