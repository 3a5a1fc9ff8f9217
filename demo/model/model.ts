import type { Block, Expectation, Item, ItemClass } from "#core/manifest/item.ts";
import { FM_25, FM_30, FM_H1, FS_10 } from "#demo/model/machines.ts";

/** The four fictional models of the fleet (field-service.md §3.4). Their parts are the real ones of §3.1. */
export const MODEL_NAMES = ["FM-25", "FM-30", "FM-H1", "FS-10"] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/** The letters that serials of a model begin with ("FM25-0137"). */
export const SERIAL_PREFIX = {
  "FM-25": "FM25",
  "FM-30": "FM30",
  "FM-H1": "FMH1",
  "FS-10": "FS10",
} as const satisfies Record<ModelName, string>;

/** Where an item of the manifest stands in the block diagram, and what kind of control it is. */
export type Place = {
  block: Block;
  part?: string;
  link?: NonNullable<Item["link"]>;
};

/** What the manifest says of something: its class, and the risk control it belongs to. */
export type Weight = { class: ItemClass; riskControlId?: string };

export type ModelUnit = {
  name: string;
  /** Systemd's words for a healthy one (systemctl(1)). */
  active: string;
  sub: string;
  enabled: string;
  /** Null: the manifest says nothing of it. */
  item: (Place & Weight) | null;
};

/** Whose version a loaded kernel module carries: the kernel's own (none of its own), or that of a package of the release. */
export type ModelModule = {
  name: string;
  versionOf: "kernel" | "nvidia" | "comedi" | "spcm4";
  item: (Place & Weight) | null;
};

export type PciDevice = {
  address: string;
  vendor: string;
  device: string;
  subsystem: string;
  class: string;
  driver: string | null;
  item: (Place & Weight & { id: string }) | null;
};

export type UsbDevice = {
  port: string;
  vendor: string;
  product: string;
  manufacturer: string;
  productName: string;
  serial: string | null;
  drivers: readonly string[];
  item: (Place & Weight & { id: string }) | null;
};

export type DeviceNode = {
  path: string;
  kind: "char" | "block" | "link";
  /** Of a link, relative as udev writes it. */
  target: string | null;
  group: string;
  mode: number;
  item: (Place & Weight & { id: string }) | null;
};

/** A number that wanders slowly around its middle in steps, decided by the serial and the hour alone. */
export type Wander = { middle: number; spread: number; decimals: number };

export type ProvidedValue = {
  /** Unit that publishes it in facts.d. */
  owner: string;
  id: string;
  unit: string | null;
  value: string | number | boolean | Wander | "calibration-days";
  item: (Place & Weight & { id: string; expect: Expectation }) | null;
};

/** `riskControlId` null: the manifest has no item of its own for it, the daemon's word must do. */
export type ChainElement = { id: string; label: string; riskControlId: string | null };

export type SafetyModel = {
  daemon: string;
  version: string;
  unit: string;
  chain: readonly ChainElement[];
};

export type ModelDisk = {
  mount: string;
  device: string;
  fsType: string;
  totalBytes: number;
  /** Share in use, 0 to 1. */
  used: number;
};

export type Gpu = {
  bus: string;
  name: string;
  memoryTotalMiB: number;
  ecc: boolean;
};

export type Model = {
  name: ModelName;
  title: string;
  /** DMI of the main computer. */
  computer: { vendor: string; product: string; boardVendor: string; board: string };
  units: readonly ModelUnit[];
  modules: readonly ModelModule[];
  pci: readonly PciDevice[];
  usb: readonly UsbDevice[];
  nodes: readonly DeviceNode[];
  provided: readonly ProvidedValue[];
  /** Null: nothing on it can be energised, so there is nothing to protect. */
  safety: SafetyModel | null;
  gpu: Gpu;
  disks: readonly ModelDisk[];
};

export const MODELS: Record<ModelName, Model> = {
  "FM-25": FM_25,
  "FM-30": FM_30,
  "FM-H1": FM_H1,
  "FS-10": FS_10,
};
