import type { Block, Item } from "#core/manifest/item.ts";

/**
 * Where an item that names no block stands in the diagram (TRI-7). A manifest made by Nix says it itself; one adopted from what a
 * scanner ran, or written before there were blocks, is placed by what the item looks at and how that is called. Words are matched
 * whole, so "camp" is no amplifier. What nothing here knows is an auxiliary: it is shown, never dropped.
 */
export function blockOf(item: Pick<Item, "kind" | "args" | "class" | "id" | "owner" | "block">): Block {
  if (item.block !== undefined) return item.block;
  const placed = Object.hasOwn(BLOCK_OF_KIND, item.kind) ? BLOCK_OF_KIND[item.kind] : undefined;
  if (placed === undefined) return byWords(`${item.id} ${item.owner ?? ""}`) ?? "auxiliary";
  return typeof placed === "string" ? placed : placed(item);
}

/** Where a value stands that a device owner publishes and no item asks for. */
export function blockOfProvided(owner: string, id: string): Block {
  return byWords(`${owner} ${id}`) ?? "auxiliary";
}

type Placing = (item: Pick<Item, "args" | "class" | "id" | "owner">) => Block;

/** Vendors of the cards and devices that the field's scanners carry (pci.ids, usb.ids). */
const BLOCK_OF_VENDOR: ReadonlyMap<string | undefined, Block> = new Map([
  ["10de", "drivers"],
  ["1093", "daq"],
  ["18f1", "daq"],
  ["3923", "daq"],
  ["2341", "surveillance"],
  ["2a03", "surveillance"],
]);

const NODES: readonly (readonly [RegExp, Block])[] = [
  [/^\/dev\/(comedi|spcm)/, "daq"],
  [/^\/dev\/(nvidia|ptp)/, "drivers"],
  [/^\/dev\/ttyACM/, "surveillance"],
];

const byOwner: Placing = ({ args, id, owner }) =>
  byWords(`${args.owner ?? owner ?? ""} ${args.id ?? ""}`) ?? byWords(id) ?? "auxiliary";
const byUnit: Placing = ({ args, class: itemClass }) => {
  const name = args.name ?? "";
  if (itemClass === "safety" || SAFETY_UNIT.test(name)) return "safety";
  if (DRIVER_UNIT.test(name)) return "drivers";
  return UI_UNIT.test(name) ? "ui" : "services";
};

const SAFETY_UNIT = /safety|interlock|watchdog/i;
const DRIVER_UNIT = /modules|nvidia|comedi|udev/i;
const UI_UNIT = /(^|[^a-z])(ui|gui|mpiui|reco|reconstruction|display-manager|greetd|kiosk)([^a-z]|$)/i;

export const BLOCK_OF_KIND: Readonly<Record<string, Block | Placing>> = {
  closure: "services",
  "closure-digest": "services",
  "closure-verified": "services",
  "kernel-release": "drivers",
  "kernel-parameter": "drivers",
  "kernel-realtime": "drivers",
  "kernel-taint": "drivers",
  module: "drivers",
  "module-parameter": "drivers",
  "modules-match": "drivers",
  gpu: "drivers",
  "pci-device": ({ args }) => BLOCK_OF_VENDOR.get(args.vendor) ?? "drivers",
  "usb-device": ({ args }) => BLOCK_OF_VENDOR.get(args.vendor) ?? "auxiliary",
  "device-node": ({ args, id }) =>
    NODES.find(([pattern]) => pattern.test(args.path ?? ""))?.[1] ?? byWords(id) ?? "auxiliary",
  unit: byUnit,
  "system-state": "services",
  "safety-link": "safety",
  "safety-state": "safety",
  "safety-heartbeat-age": "safety",
  "safety-chain": "safety",
  "safety-limits": "safety",
  "safety-bypasses": "safety",
  "safety-permission": "safety",
  "safety-daemon": "safety",
  provided: byOwner,
  "disk-free": "services",
  "clock-synchronised": "services",
  "clock-offset": "services",
  "nix-version": "services",
  "nix-setting": "services",
  host: "services",
  memory: "services",
  firmware: ({ id, owner }) => byWords(`${id} ${owner ?? ""}`) ?? "drivers",
};

/** First match wins: the surveillance unit watches temperatures too, so it stands before cooling. */
const WORDS: readonly (readonly [Block, RegExp])[] = [
  ["surveillance", whole("su|surveillance|survbox|heatingunit")],
  ["safety", whole("safety|safetyd|interlock")],
  ["daq", whole("daq|rp\\d*|redpitaya|red-pitaya|adc|digitiser|spectrum|comedi")],
  ["motion", whole("motion|motor|robot|galil|gcaps|isel|axis|stage")],
  ["electronics", whole("amp|amps|amplifier|amplifiers|psu|lna|techron|delta|power|electronics")],
  ["cooling", whole("chiller|cooling|cooler|flow|leak|coolant")],
  ["drivers", whole("gpu|nvidia|ptp|nic")],
  ["ui", whole("ui|gui|mpiui|reco|reconstruction|julia")],
];

function whole(words: string): RegExp {
  return new RegExp(`(?:^|[^a-z0-9])(?:${words})(?:[^a-z0-9]|$)`, "i");
}

function byWords(text: string): Block | null {
  return WORDS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
