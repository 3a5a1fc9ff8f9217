import { setTimeout as pause } from "node:timers/promises";
import type { FaultId } from "#demo/fault/fault-id.ts";
import { canHave, FAULTS, mended, withFault } from "#demo/fault/faults.ts";
import { type FleetChanges, lastState, openChanges } from "#demo/fleet/fleet-changes.ts";
import { FleetScanner } from "#demo/fleet/fleet-scanner.ts";
import { keepPathList, type Member, prepareFolders, type Server } from "#demo/fleet/state-folder.ts";
import type { HostState } from "#demo/host/host-state.ts";
import { createSimulatedHost } from "#demo/host/simulated-system.ts";
import type { Stage } from "#demo/host/stage.ts";
import type { HostSystem } from "#demo/host/systems.ts";

export type FleetMember = Member & {
  state: HostState;
  /** Nothing is heard of it, by the plan. */
  silent: boolean;
  /** Where somebody should break something first: it runs its pin and nothing is wrong with it. */
  nominal: boolean;
};

export type FleetParts = {
  members: readonly FleetMember[];
  stage: Stage;
  /** Null: no release was ever signed for this fleet. */
  changes: FleetChanges | null;
  server: Server;
  /** Folder of the agents' own folders. */
  agents: string;
  /** Over how long the agents are started. */
  spreadMs: number;
  log: (line: string) => void;
};

export type Fired = { fault: FaultId; serial: string; scannerId: string; sentence: string };
export type Broken = Fired & { title: string; sinceMs: number };
export type FireProblem = "unknown-scanner" | "not-possible" | "already" | "none-left";

/** Agents that are being started at once; more would only wait for the same disk. */
const STARTING_AT_ONCE = 24;

/** All scanners of the fleet and what was broken on them since this program runs. */
export class Fleet {
  readonly #parts: FleetParts;
  readonly #members = new Map<string, FleetMember>();
  readonly #scanners = new Map<string, FleetScanner>();
  /** Closures whose path list lies where the agents look for it. */
  readonly #kept = new Set<HostSystem>();
  /** What somebody broke here, newest first. */
  #broken: Broken[] = [];
  #stopping = false;

  constructor(parts: FleetParts) {
    this.#parts = parts;
    for (const member of parts.members) this.#members.set(member.serial, member);
  }

  get counts(): { scanners: number; running: number } {
    const running = [...this.#scanners.values()].filter((one) => one.running).length;
    return { scanners: this.#members.size, running };
  }

  get broken(): readonly Broken[] {
    return this.#broken;
  }

  /** Starts every agent, evenly over the spread; resolves when all were started. */
  async start(): Promise<void> {
    const { members, spreadMs } = this.#parts;
    const begunMs = performance.now();
    const queue = members.entries();
    const work = async () => {
      for (const [at, member] of queue) {
        const dueMs = begunMs + (spreadMs * at) / members.length;
        if (dueMs > performance.now()) await pause(dueMs - performance.now());
        if (this.#stopping) return;
        await this.#startOne(member);
      }
    };
    await Promise.all(Array.from({ length: STARTING_AT_ONCE }, work));
  }

  async #startOne(member: FleetMember): Promise<void> {
    const { agents, server, stage, changes, log } = this.#parts;
    try {
      const folders = await prepareFolders(agents, member, server);
      const { state, changed } = await lastState(folders, member.state);
      await this.#keepLists(state);
      const host = createSimulatedHost(state, stage);
      const scanner = new FleetScanner({
        ...{ host, folders, log, speaks: !member.silent, bootMs: changes?.pace.boot ?? 0 },
        changesFor:
          changes === null
            ? null
            : (hooks) =>
                openChanges(
                  changes,
                  { ...{ host, stage, folders, log }, scannerId: member.scannerId },
                  hooks,
                ),
      });
      this.#scanners.set(member.serial, scanner);
      await scanner.start();
      if (changed) await scanner.resume();
    } catch (error) {
      log(`${member.serial} does not start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** The fleet has few closures and many scanners that share them: each is written once. */
  async #keepLists({ model, generations }: HostState): Promise<void> {
    const { agents, stage } = this.#parts;
    for (const { system: ref } of generations) {
      const system = stage.systems.get(model, ref);
      if (this.#kept.has(system)) continue;
      this.#kept.add(system);
      await keepPathList(agents, system);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.allSettled([...this.#scanners.values()].map((one) => one.stop()));
  }

  /** Breaks a scanner; without a serial one that is well and can be broken that way. */
  async fire(
    fault: FaultId,
    serial: string | null,
    nowMs: number,
  ): Promise<Fired | { problem: FireProblem }> {
    const somebody = () => this.somebodyWell((state) => canHave(state, fault)) ?? undefined;
    const target = serial === null ? somebody() : this.#members.get(serial);
    if (target === undefined) return { problem: serial === null ? "none-left" : "unknown-scanner" };
    const scanner = this.#scanners.get(target.serial);
    if (scanner === undefined) return { problem: "unknown-scanner" };
    if (!canHave(target.state, fault)) return { problem: "not-possible" };
    if (scanner.host.state.faults.some((one) => one.fault === fault)) return { problem: "already" };
    await scanner.change((state) => withFault(state, fault, nowMs));
    await this.#keepLists(scanner.host.picture.state);
    const { title, sentence } = FAULTS[fault];
    const fired: Fired = { fault, serial: target.serial, scannerId: target.scannerId, sentence };
    this.#broken = [{ ...fired, title, sinceMs: nowMs }, ...this.#broken];
    return fired;
  }

  /** Takes everything back that is wrong with a scanner; null: there is no such scanner. */
  async mend(serial: string, nowMs: number): Promise<{ serial: string; afterwards: string[] } | null> {
    const scanner = this.#scanners.get(serial);
    if (scanner === undefined) return null;
    const afterwards = scanner.host.state.faults.flatMap(({ fault }) => FAULTS[fault].afterwards ?? []);
    this.#broken = this.#broken.filter((one) => one.serial !== serial);
    await scanner.change((state) => mended(state, nowMs));
    return { serial, afterwards };
  }

  /** By id or serial; null: none of ours. */
  find(name: string): FleetMember | null {
    const named = this.#members.get(name);
    return named ?? [...this.#members.values()].find(({ scannerId }) => scannerId === name) ?? null;
  }

  /** Null: it has not started. */
  scannerOf(serial: string): FleetScanner | null {
    return this.#scanners.get(serial) ?? null;
  }

  /** Id of another one. */
  neighbourOf(serial: string): string {
    const other = [...this.#members.values()].find((one) => one.serial !== serial);
    if (other === undefined) throw new Error("a fleet of one scanner has no neighbours");
    return other.scannerId;
  }

  /** Null: there is none. */
  somebodyWell(fits: (state: HostState) => boolean): FleetMember | null {
    const isWell = ({ serial, state, nominal, silent }: FleetMember) =>
      nominal && !silent && fits(state) && this.#scanners.get(serial)?.host.state.faults.length === 0;
    return [...this.#members.values()].find(isWell) ?? null;
  }
}
