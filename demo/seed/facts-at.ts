import { createHash } from "node:crypto";
import { NOTHING_LOCAL } from "#core/local/log.ts";
import { type ChangeTold, NO_CHANGE } from "#core/report/change-kind.ts";
import { type Fact, observed } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import type { FaultId } from "#demo/fault/fault-id.ts";
import { unitsOf } from "#demo/host/bus/service-manager.ts";
import { factoryHardware, type HostState } from "#demo/host/host-state.ts";
import { type Picture, pictureOf } from "#demo/host/picture.ts";
import { publications } from "#demo/host/published-files.ts";
import { closureDigests, verification, verifiedMs } from "#demo/host/root-facts.ts";
import type { HostSystem, Systems } from "#demo/host/systems.ts";
import { MODELS, type ModelName } from "#demo/model/model.ts";
import { agentFactAt, createReader, type Reader } from "#demo/seed/collect-at.ts";

/**
 * Facts of simulated hosts by the thousand. The real collector reads one host of each kind (model, systems, faults); what differs
 * between two hosts of a kind is put in from their states. A test holds the result against the real collector's, host by host.
 */
export type Made = {
  facts: Facts;
  /** Names the stretch of the host's life in which these facts stay as they are. */
  lived: string;
  atMs: number;
};
export type FactsMaker = {
  /** @param before what was made of the same host earlier: what has not changed since is taken from there */
  factsAt: (state: HostState, atMs: number, before?: Made | null) => Promise<Made>;
  close: () => void;
};

/** How many templates are read at once: the collector mostly waits for its daemons. */
const READERS = 8;

export function createFactsMaker(systems: Systems): FactsMaker {
  const readers = Array.from({ length: READERS }, () => createReader(systems));
  const templates = new Map<string, Promise<Facts>>();
  let reads = 0;
  const template = (part: "system" | "machine", key: string, state: HostState, atMs: number) => {
    const known = templates.get(key);
    if (known !== undefined) return known;
    const reader = readers[reads % READERS] as Reader;
    reads += 1;
    const made = part === "system" ? reader.readSystem(state, atMs) : reader.read(state, atMs);
    templates.set(key, made);
    return made;
  };
  return {
    factsAt: async (state, atMs, before) => {
      const picture = pictureOf(state, systems);
      const [system, machine] = [systemKind(picture), machineKind(picture)];
      const lived = `${system.key}\n${machine}\n${lifeKey(picture.state)}`;
      const own: Own = { picture, systems, atMs };
      if (before?.lived === lived) return { facts: passed(before, own), lived, atMs };
      const ofSystem = await template("system", system.key, { ...state, faults: system.faults }, atMs);
      const ofMachine = await template("machine", machine, state, atMs);
      const { kernel, modules } = ofSystem;
      return { facts: specialised({ ...ofMachine, kernel, modules } as Facts, own), lived, atMs };
    },
    close: () => {
      for (const reader of readers) reader.close();
    },
  };
}

/** Faults that change which kernel or which of its modules there are; all others leave the systems alone. */
const OF_SYSTEM: readonly FaultId[] = ["F01", "F03", "F14", "F15", "F17", "F18"];

/** Hosts of one kind have the same kernel and modules. */
function systemKind({ state, systems }: Picture): { key: string; faults: HostState["faults"] } {
  const named = ({ release, tracked }: HostSystem) => `${release.name}${tracked ? "" : " untracked"}`;
  const faults = state.faults.filter(({ fault }) => OF_SYSTEM.includes(fault));
  const words = faults.map(({ fault }) => fault).sort();
  return {
    key: ["system", state.model, named(systems.running), named(systems.booted), ...words].join("\n"),
    faults,
  };
}

/** Hosts of one kind have the same devices, units and troubles, whichever release they run. */
function machineKind({ state }: Picture): string {
  return ["machine", state.model, ...state.faults.map(({ fault }) => fault).sort()].join("\n");
}

/** What a scanner shows of itself between two boots, changes and troubles is the same but for values and the change. */
function lifeKey({ serial, boot, links, switchedAtMs, generations, faults, hardware }: HostState): string {
  const began = faults.map(({ sinceMs }) => sinceMs);
  return JSON.stringify([serial, boot, links, switchedAtMs, generations, began, hardware.addresses]);
}

type Own = { picture: Picture; systems: Systems; atMs: number };

function specialised(template: Facts, own: Own): Facts {
  const { picture } = own;
  const { state } = picture;
  return {
    ...template,
    host: within(template.host, (host) => ({ ...host, ...hostOf(picture) })),
    closures: observed(closuresOf(own)),
    generations: within(template.generations, (known) => ({ ...known, entries: generationsOf(own) })),
    closureDigests: observed(closureDigests(picture, own.systems)),
    verification: verificationOf(own),
    kernel: within(template.kernel, (kernel) => ownKernel(kernel, picture)),
    units: within(template.units, (units) => ({ ...units, units: timedUnits(units.units, picture) })),
    safety: within(template.safety, (safety) => ownSafety(safety, picture)),
    provided: observed(providedOf(own)),
    gpus: within(template.gpus, (gpus) => ownGpus(gpus, picture)),
    change: changeOf(state),
    confirmed: observed({ generations: null }),
    quarantine: observed({ held: null, blocked: null }),
    local: observed(NOTHING_LOCAL),
    agent: within(template.agent, ({ problems }) => ({ ...agentFactAt(state.boot.atMs), problems })),
  };
}

/** The same host later in the same stretch of its life: only what it publishes, verifies and tells of its change moves. */
function passed(before: Made, own: Own): Facts {
  const { change } = own.picture.state;
  const { facts } = before;
  const untold = facts.change?.state === "observed" && facts.change.value === (change ?? NO_CHANGE);
  // What stays as it was stays the same object, so that nobody works out again what it comes to.
  return {
    ...facts,
    verification: before.atMs >= verifiedMs(own.picture) ? facts.verification : verificationOf(own),
    provided: observed(providedOf(own)),
    change: untold ? facts.change : changeOf(own.picture.state),
  } as Facts;
}

function verificationOf({ picture, atMs }: Own): Fact<FactValue<"verification">> {
  return observed({ ...verification(picture, atMs), bad: [] });
}

function changeOf({ change }: HostState): Fact<ChangeTold> {
  return observed(change ?? NO_CHANGE);
}

/** What is unknown stays unknown: nothing is put in where the collector saw nothing. */
function within<V>(fact: Fact<V> | undefined, change: (value: V) => V): Fact<V> {
  if (fact === undefined) throw new Error("the collector left a kind out");
  if (fact.state === "unknown") return fact;
  const value = change(fact.value);
  return value === fact.value ? fact : observed(value);
}

function hostOf({ state, model, systems }: Picture) {
  const { addresses, machineId } = state.hardware;
  // The version stands in the name of the toplevel, as in os-release(5) of NixOS.
  const [, osVersion = ""] = /-nixos-system-[^-]+-(\d+\.\d+)/.exec(systems.running.toplevel) ?? [];
  return {
    hostname: state.hostname,
    osVersion,
    hardwareFingerprint: hardwareFingerprint(addresses, machineId, model.computer),
    bootedAtMs: Math.floor(state.boot.atMs / 1000) * 1000,
  };
}

/** Of the hardware that a scanner was enrolled with. */
export function fingerprintOf({ serial, model }: { serial: string; model: ModelName }): string {
  const { addresses, machineId } = factoryHardware(serial);
  return hardwareFingerprint(addresses, machineId, MODELS[model].computer);
}

/** As agent/collect/host.ts computes it from the same files. */
function hardwareFingerprint(
  addresses: readonly string[],
  machineId: string,
  computer: Picture["model"]["computer"],
): string {
  const board = {
    sys_vendor: computer.vendor,
    product_name: computer.product,
    board_vendor: computer.boardVendor,
    board_name: computer.board,
  };
  const lines = [
    `/etc/machine-id=${machineId}`,
    ...Object.entries(board).map(([name, value]) => `/sys/class/dmi/id/${name}=${value}`),
    ...[...addresses].sort().map((address) => `net=${address}`),
  ];
  return createHash("sha256")
    .update(`fiducial.hardware.v1\n${lines.join("\n")}\n`)
    .digest("hex");
}

function generationsOf({ picture: { state }, systems }: Own): FactValue<"generations">["entries"] {
  return state.generations
    .map(({ number, system, createdAtMs }) => ({
      number,
      path: systems.get(state.model, system).toplevel,
      createdAtMs,
      present: true,
    }))
    .sort((a, b) => b.number - a.number);
}

function closuresOf(own: Own): FactValue<"closures"> {
  const { state, systems } = own.picture;
  const entries = generationsOf(own);
  const byNumber = (wanted: number) => entries.find(({ number }) => number === wanted);
  const behind = (path: string, sinceMs: number | null) =>
    observed({ path, generation: entries.find((one) => one.path === path)?.number ?? null, sinceMs });
  const profile = byNumber(state.links.profile);
  const nextBoot = byNumber(state.links.nextBoot);
  if (profile === undefined || nextBoot === undefined)
    throw new Error(`${state.serial} has no such generation`);
  return {
    running: behind(systems.running.toplevel, state.switchedAtMs),
    booted: behind(systems.booted.toplevel, state.boot.atMs),
    profile: observed({ path: profile.path, generation: profile.number, sinceMs: profile.createdAtMs }),
    nextBoot: behind(nextBoot.path, null),
  };
}

/** A closure that was built on site is this host's alone, and so is the kernel's `init=`. */
function ownKernel(kernel: FactValue<"kernel">, { systems: { booted } }: Picture): FactValue<"kernel"> {
  if (booted.tracked) return kernel;
  const init = (one: string) => (one.startsWith("init=") ? `init=${booted.toplevel}/init` : one);
  return { ...kernel, parameters: kernel.parameters.map(init) };
}

function timedUnits(units: FactValue<"units">["units"], picture: Picture): FactValue<"units">["units"] {
  const since = new Map(unitsOf(picture).map(({ name, sinceMs }) => [name, sinceMs]));
  return units.map((unit) => ({ ...unit, sinceMs: since.get(unit.name) ?? unit.sinceMs }));
}

function ownSafety(safety: FactValue<"safety">, { state, safety: look }: Picture): FactValue<"safety"> {
  if (safety.last === null || look === null) return safety;
  const { lastSelfTestAtMs } = state;
  return { ...safety, last: { ...safety.last, limitsHash: look.limitsHash, lastSelfTestAtMs } };
}

function ownGpus(gpus: FactValue<"gpus">, { state, nvidia }: Picture): FactValue<"gpus"> {
  const uuid = `GPU-${state.hardware.machineId.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}`;
  return {
    ...gpus,
    moduleVersion: nvidia.module,
    userlandVersion: nvidia.userland,
    cards: gpus.cards.map((card) => ({ ...card, uuid, driverVersion: nvidia.userland })),
  };
}

/** What owners publish, with its age by uptime; they publish on the boot they run in, so it is always believed. */
function providedOf({ picture, atMs }: Own): FactValue<"provided"> {
  const upMs = Math.max(0, Math.round(atMs - picture.state.boot.atMs));
  return publications(picture, { nowMs: () => atMs, steadyMs: () => atMs }).flatMap(
    ({ owner, uptimeMs, facts }) =>
      facts.map(({ id, value, unit, quality }) => {
        return { owner, id, value, unit, quality, ageMs: Math.max(0, upMs - uptimeMs) };
      }),
  );
}
