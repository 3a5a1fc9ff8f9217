import type { FileInfo, Outcome, Problem, System } from "#agent/system.ts";
import { BusStream } from "#demo/host/bus/bus-stream.ts";
import { ServiceManager } from "#demo/host/bus/service-manager.ts";
import { type Entry, type FileTree, lookOf } from "#demo/host/file-tree.ts";
import type { HostState } from "#demo/host/host-state.ts";
import { type Picture, pictureOf } from "#demo/host/picture.ts";
import { runProgram } from "#demo/host/programs.ts";
import { SafetyDaemon } from "#demo/host/safety-daemon.ts";
import type { Stage } from "#demo/host/stage.ts";

/** The one thing that is simulated: what the agent's port to its host answers. Everything else is the agent itself. */
export type SimulatedHost = {
  readonly system: System;
  readonly state: HostState;
  readonly picture: Picture;
  /** Makes it another host state: watches, bus signals and the safety daemon tell of the difference. */
  change(next: (state: HostState) => HostState): void;
  /** Leaves the stage; its daemon and its bus fall silent. */
  end(): void;
};

const BUS_SOCKET = "/run/dbus/system_bus_socket";
const SAFETY_SOCKET = "/run/fiducial/safety.sock";
const DEFAULT_MAX_BYTES = 1024 * 1024;

/** @throws Error when the state names a release that the stage does not know */
export function createSimulatedHost(state: HostState, stage: Stage): SimulatedHost {
  return new Host(state, stage);
}

type Watcher = { folder: string; changed: (name: string) => void };

class Host implements SimulatedHost {
  readonly #stage: Stage;
  readonly #daemon: SafetyDaemon;
  readonly #leave: () => void;
  readonly #watchers = new Set<Watcher>();
  readonly #buses = new Set<BusStream>();
  #state: HostState;
  #picture: Picture;
  #tree: FileTree;
  #manager: ServiceManager | null = null;
  readonly system: System;

  constructor(state: HostState, stage: Stage) {
    this.#stage = stage;
    this.#state = state;
    this.#picture = pictureOf(state, stage.systems);
    this.#tree = stage.treeOf(this.#picture, stage.clock.nowMs());
    this.#daemon = new SafetyDaemon(this.#picture);
    this.#leave = stage.rounds.join(this.#daemon);
    this.system = this.#makeSystem();
  }

  get state(): HostState {
    return this.#state;
  }

  get picture(): Picture {
    return this.#picture;
  }

  change(next: (state: HostState) => HostState): void {
    const before = { tree: this.#tree, units: this.#units().units };
    this.#state = next(this.#state);
    this.#picture = pictureOf(this.#state, this.#stage.systems);
    this.#tree = this.#stage.treeOf(this.#picture, this.#stage.clock.nowMs());
    this.#manager = null;
    this.#daemon.look(this.#picture);
    this.#tellWatchers(before.tree);
    const old = new Map(before.units.map((one) => [one.path, JSON.stringify(one)]));
    const moved = this.#units().units.filter((one) => old.get(one.path) !== JSON.stringify(one));
    for (const bus of this.#buses) bus.unitsChanged(moved.map(({ path }) => path));
  }

  end(): void {
    this.#leave();
    this.#daemon.end();
    for (const bus of this.#buses) bus.destroy();
    this.#watchers.clear();
  }

  #units(): ServiceManager {
    this.#manager ??= new ServiceManager(this.#picture);
    return this.#manager;
  }

  #tellWatchers(before: FileTree): void {
    const changed = new Map<string, string[]>();
    for (const { folder } of this.#watchers)
      if (!changed.has(folder)) changed.set(folder, changedNames(folder, before, this.#tree));
    for (const { folder, changed: tell } of this.#watchers)
      for (const name of changed.get(folder) ?? []) setImmediate(tell, name);
  }

  #makeSystem(): System {
    const { clock } = this.#stage;
    return {
      readText: async (path, maxBytes = DEFAULT_MAX_BYTES) => this.#readText(path, maxBytes),
      readLink: async (path) => {
        const found = this.#tree.find(path, false);
        if (found.path === null) return refusal(found.problem, path);
        if (found.entry.kind !== "link") return refusal("failed", `EINVAL: not a link, ${path}`);
        return { ok: true, value: found.entry.target };
      },
      list: async (path) => {
        const found = this.#tree.find(path, true);
        if (found.path === null) return refusal(found.problem, path);
        if (found.entry.kind === "denied") return refusal("denied", path);
        if (found.entry.kind !== "folder") return refusal("missing", path);
        return { ok: true, value: this.#tree.names(found.path === "/" ? "" : found.path) };
      },
      info: async (path) => {
        const found = this.#tree.find(path, false);
        return found.path === null ? refusal(found.problem, path) : { ok: true, value: infoOf(found.entry) };
      },
      resolve: async (path) => {
        const found = this.#tree.find(path, true);
        return found.path === null ? refusal(found.problem, path) : { ok: true, value: found.path };
      },
      disk: async (path) => this.#disk(path),
      connect: async (path) => this.#connect(path),
      run: async (program, args) => runProgram(this.#picture, program, args),
      watch: (folder, changed) => this.#watch(folder, changed),
      nowMs: () => clock.nowMs() + this.#picture.state.clockOffsetMs,
      monotonicMs: () => Math.max(0, Math.round(clock.steadyMs() - this.#picture.state.boot.atMs)),
    };
  }

  #readText(path: string, maxBytes: number): Outcome<string> {
    const found = this.#tree.find(path, true);
    if (found.path === null) return refusal(found.problem, path);
    const { entry } = found;
    if (entry.kind === "denied") return refusal("denied", path);
    if (entry.kind !== "file") return refusal("failed", `not a regular file: ${path}`);
    const text = typeof entry.text === "string" ? entry.text : entry.text();
    return text.length > maxBytes
      ? refusal("too-large", `over ${maxBytes} bytes`)
      : { ok: true, value: text };
  }

  #disk(path: string): Awaited<ReturnType<System["disk"]>> {
    const disk = this.#picture.disks.find(({ mount }) => mount === path);
    if (disk === undefined) return refusal("missing", path);
    const { totalBytes, used, fsType } = disk;
    const freeBytes = Math.round(totalBytes * (1 - used));
    // vfat makes inodes as it needs them and counts none.
    const freeInodes = fsType === "vfat" ? null : Math.round(freeBytes / 16_384);
    return { ok: true, value: { totalBytes, freeBytes, freeInodes } };
  }

  #connect(path: string): Awaited<ReturnType<System["connect"]>> {
    const found = this.#tree.find(path, true);
    if (found.path === null) return refusal(found.problem, path);
    if (path === SAFETY_SOCKET) {
      const stream = this.#daemon.connect();
      return stream === null
        ? refusal("failed", `connect ECONNREFUSED ${path}`)
        : { ok: true, value: stream };
    }
    if (path !== BUS_SOCKET) return refusal("failed", `connect ECONNREFUSED ${path}`);
    const bus = new BusStream(() => this.#units());
    this.#buses.add(bus);
    bus.once("close", () => this.#buses.delete(bus));
    return { ok: true, value: bus };
  }

  #watch(folder: string, changed: (name: string) => void): Outcome<() => void> {
    const found = this.#tree.find(folder, true);
    if (found.path === null) return refusal(found.problem, folder);
    const watcher: Watcher = { folder: found.path, changed };
    this.#watchers.add(watcher);
    return { ok: true, value: () => this.#watchers.delete(watcher) };
  }
}

function refusal(problem: Problem, detail: string): { ok: false; problem: Problem; detail: string } {
  return { ok: false, problem, detail: problem === "missing" ? `ENOENT: ${detail}` : detail };
}

function infoOf(entry: Entry): FileInfo {
  const kind = entry.kind === "denied" ? "file" : entry.kind;
  const times = { modifiedMs: entry.mtimeMs, changedMs: entry.mtimeMs };
  if (entry.kind === "char" || entry.kind === "block")
    return { kind, size: 0, ...times, mode: entry.mode, gid: entry.gid };
  const size = entry.kind === "file" && typeof entry.text === "string" ? entry.text.length : 0;
  return { kind, size, ...times };
}

function changedNames(folder: string, before: FileTree, after: FileTree): string[] {
  const names = new Set([...before.names(folder), ...after.names(folder)]);
  return [...names].filter((name) => look(before, folder, name) !== look(after, folder, name));
}

function look(tree: FileTree, folder: string, name: string): string | null {
  const entry = tree.at(`${folder}/${name}`);
  return entry === undefined ? null : lookOf(entry);
}
