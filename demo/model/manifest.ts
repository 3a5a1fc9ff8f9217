import { createHash } from "node:crypto";
import type { Expectation, Item, ItemClass, Manifest } from "#core/manifest/item.ts";
import type { ProbeKind } from "#core/manifest/kinds.ts";
import { SAFETY_SILENT_MS } from "#core/protocol/timing.ts";
import {
  type DeviceNode,
  MODELS,
  type Model,
  type ModelModule,
  type ModelUnit,
  type PciDevice,
  type Place,
  type ProvidedValue,
  type SafetyModel,
  type UsbDevice,
  type Weight,
} from "#demo/model/model.ts";
import type { DemoRelease } from "#demo/release/release.ts";

/**
 * What must hold on a scanner of this model that runs this release (EXP-1), as a build of its configuration would give it. A model
 * without a safety daemon has no safety item.
 */
export function manifestFor(release: DemoRelease): Manifest {
  const model = MODELS[release.model];
  return {
    schema: "fiducial.expected/1",
    toplevel: release.toplevel,
    closureDigest: release.digest,
    items: [
      ...(model.safety === null ? [] : safetyItems(model.safety, release)),
      ...systemItems(release),
      ...model.modules.flatMap((module) => moduleItem(module, release)),
      ...gpuItems(release),
      ...model.pci.flatMap(pciItem),
      ...model.usb.flatMap(usbItem),
      ...model.nodes.flatMap(nodeItem),
      ...model.units.flatMap(unitItem),
      ...model.provided.flatMap(providedItem),
      ...hostItems(model),
    ],
  };
}

const limits = new WeakMap<object, string>();

/** SHA-256 of the limits file that a release carries; the safety daemon names it in every state. */
export function limitsHashOf(release: DemoRelease): string {
  const known = limits.get(release) ?? readLimits(release);
  limits.set(release, known);
  return known;
}

function readLimits(release: DemoRelease): string {
  const file = release.paths.find(({ name }) => name === "limits.toml")?.path ?? release.toplevel;
  return createHash("sha256").update(`limits ${file}`).digest("hex");
}

type Given = Partial<Place> & Weight & { expect: Expectation; unit?: string; owner?: string };

function item(id: string, kind: ProbeKind, args: Item["args"], given: Given): Item {
  return { id, kind, args, ...given, while: WHILE[kind] ?? "always" };
}

/** Kinds that the agent leaves alone during a scan (SEE-17); their age may not count then. */
const WHILE: Partial<Record<ProbeKind, Item["while"]>> = {
  module: "idle",
  "modules-match": "idle",
  unit: "idle",
  "system-state": "idle",
  "disk-free": "idle",
  "clock-synchronised": "idle",
  gpu: "idle",
};

const equal = (want: string | number | boolean): Expectation => ({ op: "eq", want });
const PRESENT: Expectation = { op: "present", want: true };

function safetyItems(safety: SafetyModel, release: DemoRelease): Item[] {
  const at = (riskControlId: string) => ({ class: "safety", block: "safety", riskControlId }) as const;
  return [
    item("safety.link", "safety-link", {}, { ...at("RC-001"), expect: equal("connected") }),
    item(
      "safety.heartbeat-age",
      "safety-heartbeat-age",
      {},
      {
        ...at("RC-001"),
        unit: "ms",
        expect: { op: "range", want: { min: null, max: SAFETY_SILENT_MS } },
      },
    ),
    item("safety.limits", "safety-limits", {}, { ...at("RC-005"), expect: equal(limitsHashOf(release)) }),
    item("safety.bypasses", "safety-bypasses", {}, { ...at("RC-012"), expect: equal(0) }),
    ...safety.chain.flatMap(({ id, riskControlId }) =>
      riskControlId === null
        ? []
        : item(
            `safety.chain.${id}`,
            "safety-chain",
            { element: id },
            { ...at(riskControlId), expect: equal("closed") },
          ),
    ),
  ];
}

const DRIVERS = { block: "drivers", class: "config" } as const;
const GPU = { block: "drivers", part: "gpu", link: "pci", class: "function" } as const;

function systemItems(release: DemoRelease): Item[] {
  return [
    item(
      "closure.digest",
      "closure-digest",
      { which: "running" },
      { block: "services", class: "config", expect: equal(release.digest) },
    ),
    // Another kernel than the release's own is a pending reboot, and said as that.
    item(
      "kernel.release",
      "kernel-release",
      {},
      { ...DRIVERS, class: "info", expect: equal(release.kernelRelease) },
    ),
    item("kernel.realtime", "kernel-realtime", {}, { ...DRIVERS, expect: equal(true) }),
    item("modules.booted", "modules-match", { tree: "booted" }, { ...DRIVERS, expect: equal(true) }),
  ];
}

/** F01: kernel module, userland and nvidia-smi must agree with the release, and so with each other. */
function gpuItems({ nvidiaVersion }: DemoRelease): Item[] {
  return [
    item("gpu.userland", "gpu", { field: "userlandVersion" }, { ...GPU, expect: equal(nvidiaVersion) }),
    item("gpu.problem", "gpu", { field: "problem" }, { ...GPU, expect: equal("none") }),
  ];
}

function moduleItem({ name, versionOf, item: given }: ModelModule, { nvidiaVersion }: DemoRelease): Item[] {
  if (given === null) return [];
  const isNvidia = versionOf === "nvidia";
  const args = { name, field: isNvidia ? "version" : "loaded" };
  return [
    item(`module.${name}`, "module", args, { ...given, expect: equal(isNvidia ? nvidiaVersion : true) }),
  ];
}

function pciItem({ vendor, device, driver, item: given }: PciDevice): Item[] {
  if (given === null || driver === null) return [];
  const { id, ...place } = given;
  return [item(id, "pci-device", { vendor, device, field: "driver" }, { ...place, expect: equal(driver) })];
}

function usbItem({ vendor, product, serial, item: given }: UsbDevice): Item[] {
  if (given === null) return [];
  const { id, ...place } = given;
  const args = { vendor, product, ...(serial === null ? {} : { serial }), field: "present" };
  return [item(id, "usb-device", args, { ...place, expect: equal(true) })];
}

function nodeItem({ path, item: given }: DeviceNode): Item[] {
  if (given === null) return [];
  const { id, ...place } = given;
  return [item(id, "device-node", { path, field: "present" }, { ...place, expect: PRESENT })];
}

function unitItem({ name, item: given }: ModelUnit): Item[] {
  if (given === null) return [];
  return [item(`unit.${name}`, "unit", { name, field: "active" }, { ...given, expect: equal("active") })];
}

function providedItem({ owner, id: name, unit, item: given }: ProvidedValue): Item[] {
  if (given === null) return [];
  const { id, ...rest } = given;
  const named = { owner: `${owner}.service`, ...(unit === null ? {} : { unit }) };
  return [item(id, "provided", { owner, id: name }, { ...rest, ...named })];
}

/** A full disk or a failed unit beside the imaging is told, and blocks no scan (F18). */
function hostItems({ disks }: Model): Item[] {
  const told = { class: "info" as ItemClass, block: "services" } as const;
  const free = (mount: string) =>
    item(
      `disk.${mount === "/" ? "root" : mount.slice(1).replaceAll("/", "-")}`,
      "disk-free",
      { mount },
      { ...told, unit: "%", expect: { op: "range", want: { min: 10, max: null } } },
    );
  return [
    ...disks.filter(({ fsType }) => fsType !== "vfat").map(({ mount }) => free(mount)),
    item("system.state", "system-state", {}, { ...told, expect: equal("running") }),
    item("clock.synchronised", "clock-synchronised", {}, { ...told, class: "config", expect: equal(true) }),
    item(
      "nix.require-sigs",
      "nix-setting",
      { name: "require-sigs" },
      { ...told, class: "config", expect: equal("true") },
    ),
  ];
}
