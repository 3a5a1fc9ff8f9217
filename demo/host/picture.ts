import type { FACT_QUALITIES } from "#core/report/kinds.ts";
import type { CHAIN_STATES, SAFETY_WORDS } from "#core/safety/socket.ts";
import { FAULTS } from "#demo/fault/faults.ts";
import type { HostState } from "#demo/host/host-state.ts";
import type { HostSystem, Systems } from "#demo/host/systems.ts";
import { limitsHashOf } from "#demo/model/manifest.ts";
import {
  type DeviceNode,
  MODELS,
  type Model,
  type ModelDisk,
  type PciDevice,
  type UsbDevice,
} from "#demo/model/model.ts";

export type UnitLook = {
  active: string;
  sub: string;
  result: string;
  restarts: number;
  mainStatus: number;
  /** When it got into this state. */
  sinceMs: number;
};

export type ValueLook = {
  value: string | number | boolean | null;
  quality: (typeof FACT_QUALITIES)[number];
};

type SafetyLook = {
  /** `gone`: nobody serves the socket any more, its file is left over. */
  process: "serving" | "gone";
  /** When the daemon that serves now was started. */
  startedMs: number;
  state: (typeof SAFETY_WORDS)[number];
  chain: Record<string, (typeof CHAIN_STATES)[number]>;
  latched: boolean;
  permission: boolean;
  bypasses: string[];
  limitsHash: string;
};

/** What the way to the server does to messages, and whether there is an agent that sends any. */
export type LinkLook = "open" | "cut" | "slow" | "flapping";

/**
 * What a host looks like now: its model and state, altered by its faults. Everything that the agent reads is made from this and from
 * nothing else, so a fault is exactly the difference between two pictures.
 */
export type Picture = {
  state: HostState;
  model: Model;
  systems: { running: HostSystem; booted: HostSystem };
  /** Units that are not as the model says, by name. */
  units: Record<string, Partial<UnitLook>>;
  modules: Model["modules"];
  /** Version of the loaded NVIDIA module and of the library beside it. */
  nvidia: { module: string; userland: string };
  xids: readonly number[];
  pci: readonly PciDevice[];
  usb: readonly UsbDevice[];
  nodes: readonly DeviceNode[];
  /** Published values that are not as the model says, by `owner/id`. */
  values: Record<string, ValueLook>;
  safety: SafetyLook | null;
  disks: readonly ModelDisk[];
  clockSynchronised: boolean;
  link: LinkLook;
  agent: "running" | "stopped";
};

/** @throws Error when the state names a release or a generation that there is none of */
export function pictureOf(healthy: HostState, systems: Systems): Picture {
  const faults = [...healthy.faults].sort((a, b) => a.sinceMs - b.sinceMs);
  let state = healthy;
  for (const { fault, sinceMs } of faults)
    state = FAULTS[fault].move?.(state, { sinceMs, releases: systems.releases(state.model) }) ?? state;
  const picture = healthyPicture(state, systems);
  for (const { fault, sinceMs } of faults) FAULTS[fault].alter?.(picture, sinceMs);
  return picture;
}

function healthyPicture(state: HostState, systems: Systems): Picture {
  const model = MODELS[state.model];
  const running = systemOf(state, state.links.running, systems);
  const booted = systemOf(state, state.links.booted, systems);
  return {
    state,
    model,
    systems: { running, booted },
    units: {},
    modules: model.modules,
    nvidia: { module: booted.release.nvidiaVersion, userland: running.release.nvidiaVersion },
    xids: [],
    pci: model.pci,
    usb: model.usb,
    nodes: model.nodes,
    values: {},
    safety: model.safety === null ? null : healthySafety(state, model, running),
    disks: model.disks,
    clockSynchronised: true,
    link: "open",
    agent: "running",
  };
}

function healthySafety(state: HostState, model: Model, running: HostSystem): SafetyLook {
  const chain = (model.safety?.chain ?? []).map(({ id }) => [id, "closed"] as const);
  return {
    process: "serving",
    startedMs: Math.max(state.boot.atMs, state.switchedAtMs),
    state: "ok",
    chain: Object.fromEntries(chain),
    latched: false,
    permission: true,
    bypasses: [],
    limitsHash: limitsHashOf(running.release),
  };
}

/** The closure behind a generation's number. */
function systemOf(state: HostState, number: number, systems: Systems): HostSystem {
  const generation = state.generations.find((one) => one.number === number);
  if (generation === undefined) throw new Error(`${state.serial} has no generation ${number}`);
  return systems.get(state.model, generation.system);
}
