import type { Reading } from "#core/finding/finding.ts";
import { byName } from "#core/manifest/lookup.ts";
import { ABSENT, inFact, known, knownOrAbsent, unseen } from "#core/manifest/reading.ts";
import { MOST_NODES, MOST_PCI, MOST_USB } from "#core/report/device-kinds.ts";
import { isNodeLookedFor } from "#core/report/device-nodes.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

/** Devices as the kernel sees them (SEE-4, SEE-5, SEE-12): absent is what was looked for and is not there. */
export const PCI_FIELDS = ["present", "driver", "count"] as const;
export const USB_FIELDS = ["present", "driver", "count", "serial", "port"] as const;
export const NODE_FIELDS = ["present", "target", "group", "mode"] as const;
export const GPU_FIELDS = ["problem", "moduleVersion", "userlandVersion", "count", "xid"] as const;
export const MEMORY_FIELDS = ["totalMiB", "availablePercent", "uncorrectedErrors"] as const;
export const FIRMWARE_FIELDS = ["mode", "secureBoot", "vendor", "version", "date"] as const;

type Pci = FactValue<"pci">[number];
type Usb = FactValue<"usb">[number];

/** `address` names one slot; without it every card of that kind must have a driver, and theirs are told together. */
type PciArgs = {
  vendor: string;
  device: string;
  address?: string | undefined;
  field: (typeof PCI_FIELDS)[number];
};

export function readPciDevice(facts: Facts, { vendor, device, address, field }: PciArgs): Reading {
  return inFact(facts, "pci", (all) => {
    const found = all.filter(
      (one) =>
        one.vendor === vendor && one.device === device && (address === undefined || one.address === address),
    );
    if (all.length >= MOST_PCI && found.length === 0) return unseen("list-cut-short");
    if (field === "count") return known(found.length);
    if (found.length === 0) return ABSENT;
    return field === "present" ? known(true) : together(found.map(pciDriver));
  });
}

function pciDriver({ driver }: Pci): string | null {
  return driver;
}

type UsbArgs = {
  vendor: string;
  product: string;
  serial?: string | undefined;
  field: (typeof USB_FIELDS)[number];
};

export function readUsbDevice(facts: Facts, { vendor, product, serial, field }: UsbArgs): Reading {
  return inFact(facts, "usb", (all) => {
    const found = all.filter(
      (one) =>
        one.vendor === vendor && one.product === product && (serial === undefined || one.serial === serial),
    );
    if (all.length >= MOST_USB && found.length === 0) return unseen("list-cut-short");
    if (field === "count") return known(found.length);
    if (found.length === 0) return ABSENT;
    if (field === "present") return known(true);
    return together(found.map((one) => (field === "driver" ? usbDrivers(one) : one[field])));
  });
}

function usbDrivers({ drivers }: Usb): string | null {
  return drivers.length === 0 ? null : [...new Set(drivers)].sort().join("+");
}

/** One answer for several devices of a kind: absent as soon as one lacks it (F03: a card that no driver took). */
function together(values: readonly (string | null)[]): Reading {
  const given = values.filter((one) => one !== null);
  if (given.length < values.length) return ABSENT;
  return known([...new Set(given)].sort().join(", "));
}

const nodeAt = byName<FactValue<"deviceNodes">[number]>(({ path }) => path);

type NodeArgs = { path: string; field: (typeof NODE_FIELDS)[number] };

/** `target` leads a link back to its node (F04: which board is behind a name); a node nobody looked for is not absent. */
export function readDeviceNode(facts: Facts, { path, field }: NodeArgs): Reading {
  return inFact(facts, "deviceNodes", (nodes) => {
    if (!isNodeLookedFor(path)) return unseen("node-not-looked-for", { path });
    const node = nodeAt(nodes, path);
    if (node === undefined) return nodes.length >= MOST_NODES ? unseen("list-cut-short") : ABSENT;
    if (field === "present") return known(true);
    const value = node[field];
    return value === undefined ? unseen("no-value") : knownOrAbsent(value);
  });
}

/**
 * SEE-5. `problem` is "none" or a word of GPU_PROBLEMS, `xid` is "none" or the codes of this boot; what nvidia-smi was not asked or did
 * not answer is unknown, never "none".
 */
export function readGpu(facts: Facts, { field }: { field: (typeof GPU_FIELDS)[number] }): Reading {
  return inFact(facts, "gpus", (gpus) => {
    switch (field) {
      case "problem":
        return gpuProblem(gpus.problem);
      case "moduleVersion":
      case "userlandVersion":
        return knownOrAbsent(gpus[field]);
      case "count":
        return known(gpus.cards.length);
      case "xid":
        return xidCodes(gpus.cards);
    }
  });
}

function gpuProblem(problem: FactValue<"gpus">["problem"]): Reading {
  if (problem === "not-asked") return unseen("gpu-not-asked");
  if (problem === "not-answering") return unseen("gpu-not-answering");
  if (problem === "unknown") return unseen("gpu-problem-unknown");
  return known(problem ?? "none");
}

function xidCodes(cards: FactValue<"gpus">["cards"]): Reading {
  const codes = new Set<number>();
  for (const { xid } of cards) {
    if (xid === null) return unseen("kernel-log-not-read");
    for (const code of xid) codes.add(code);
  }
  return known(codes.size === 0 ? "none" : [...codes].sort((a, b) => a - b).join(", "));
}

const MIB = 1024 * 1024;

export function readMemory(facts: Facts, { field }: { field: (typeof MEMORY_FIELDS)[number] }): Reading {
  return inFact(facts, "memory", ({ totalBytes, availableBytes, uncorrectedErrors }) => {
    if (field === "totalMiB") return known(Math.floor(totalBytes / MIB));
    if (field === "uncorrectedErrors") return knownOrAbsent(uncorrectedErrors);
    return totalBytes === 0 ? unseen("no-value") : known(Math.floor((availableBytes / totalBytes) * 100));
  });
}

export function readFirmware(facts: Facts, { field }: { field: (typeof FIRMWARE_FIELDS)[number] }): Reading {
  return inFact(facts, "firmware", (firmware) => {
    if (field === "mode") return firmware.mode === "unknown" ? unseen("no-value") : known(firmware.mode);
    return knownOrAbsent(firmware[field]);
  });
}
