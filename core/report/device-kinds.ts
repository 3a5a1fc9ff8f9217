import * as z from "zod";
import { openEnum } from "#core/safety/socket.ts";

/** Devices, drivers and the machine under them (SEE-4, SEE-5, SEE-12). Everything is read from the kernel; no device is opened (SEE-16). */
const text = (max: number) => z.string().max(max);
const count = z.int().nonnegative();

/** How many devices fit in a report; a list of exactly this length may have been cut short. */
export const MOST_PCI = 256;
export const MOST_USB = 128;
export const MOST_NODES = 128;

const hex4 = z.string().regex(/^[0-9a-f]{4}$/);

/** Functions of the PCI bus as sysfs names them, and the driver bound to each; null: none. Numbers in lower-case hex. */
const pci = z
  .array(
    z.strictObject({
      /** Domain, bus, device, function: `0000:01:00.0`. */
      address: text(32),
      vendor: hex4,
      device: hex4,
      /** `10de:151d`; null: the card names none. */
      subsystem: text(9).nullable(),
      /** Base class, subclass, programming interface: `030000`. */
      class: z.string().regex(/^[0-9a-f]{6}$/),
      driver: text(64).nullable(),
    }),
  )
  .max(MOST_PCI);

/** USB devices without the root hubs; `port` is the kernel's name of the place (`1-4.2`), drivers are those of the interfaces. */
const usb = z
  .array(
    z.strictObject({
      port: text(64),
      vendor: hex4,
      product: hex4,
      manufacturer: text(128).nullable(),
      productName: text(128).nullable(),
      serial: text(128).nullable(),
      drivers: z.array(text(64)).max(16),
    }),
  )
  .max(MOST_USB);

/** Nodes of devices that matter (core/report/device-nodes.ts); a link names what it leads to. */
const deviceNodes = z
  .array(
    z.strictObject({
      path: text(256),
      kind: openEnum(["char", "block", "link", "other"]),
      target: text(256).nullable(),
      /** Group that owns the node and its permission bits (`0660`): who may open it. */
      group: text(64).nullable().optional(),
      mode: z
        .string()
        .regex(/^[0-7]{4}$/)
        .nullable()
        .optional(),
    }),
  )
  .max(MOST_NODES);

/**
 * What is wrong with the GPU's driver as a whole. `not-asked` and `not-answering`: nvidia-smi is not there, or did not end in time,
 * so nothing is known of what it would have said.
 */
const GPU_PROBLEMS = [
  "driver-library-mismatch",
  "driver-not-loaded",
  "no-devices",
  "failed",
  "not-asked",
  "not-answering",
] as const;

const gpu = z.strictObject({
  /** PCI address as in `pci`. */
  bus: text(32),
  name: text(128),
  uuid: text(64).nullable(),
  driverVersion: text(64),
  temperatureC: z.number().nullable(),
  memoryTotalMiB: count.nullable(),
  /** Uncorrected memory errors since the driver was loaded; null: the card counts none. */
  eccUncorrected: count.nullable(),
  /** Xid codes of the kernel log since the boot, oldest first; null: the agent may not read that log. */
  xid: z.array(count).max(32).nullable(),
});

/** SEE-5. Kernel module, userland library and cards of NVIDIA; nulls and no cards where there is none of it. */
const gpus = z.strictObject({
  moduleVersion: text(64).nullable(),
  userlandVersion: text(64).nullable(),
  problem: openEnum(GPU_PROBLEMS).nullable(),
  cards: z.array(gpu).max(16),
});

/** SEE-12. Main memory, and the errors that its controller counted; null: no controller counts any. */
const memory = z.strictObject({
  totalBytes: count,
  availableBytes: count,
  swapTotalBytes: count,
  swapFreeBytes: count,
  correctedErrors: count.nullable(),
  uncorrectedErrors: count.nullable(),
});

/** SEE-12. How the machine was started, and whether its firmware let only signed programs do it; null: it does not say. */
const firmware = z.strictObject({
  mode: openEnum(["efi", "bios", "other"]),
  secureBoot: z.boolean().nullable(),
  vendor: text(128).nullable(),
  version: text(128).nullable(),
  date: text(32).nullable(),
});

export const DEVICE_KINDS = { pci, usb, deviceNodes, gpus, memory, firmware } as const;
