import * as z from "zod";
import type { Reading } from "#core/finding/finding.ts";
import type { Item } from "#core/manifest/item.ts";
import { onceEach } from "#core/manifest/lookup.ts";
import { readClosure, readClosureDigest, readClosureVerified } from "#core/manifest/read-closure.ts";
import {
  FIRMWARE_FIELDS,
  GPU_FIELDS,
  MEMORY_FIELDS,
  NODE_FIELDS,
  PCI_FIELDS,
  readDeviceNode,
  readFirmware,
  readGpu,
  readMemory,
  readPciDevice,
  readUsbDevice,
  USB_FIELDS,
} from "#core/manifest/read-devices.ts";
import {
  HOST_FIELDS,
  providedAgeLimitMs,
  readClock,
  readClockOffset,
  readDiskFree,
  readHost,
  readNixSetting,
  readNixVersion,
  readProvided,
  readSystemState,
  readUnit,
  UNIT_FIELDS,
} from "#core/manifest/read-host.ts";
import {
  MODULE_FIELDS,
  readKernelParameter,
  readKernelRealtime,
  readKernelRelease,
  readKernelTaint,
  readModule,
  readModuleParameter,
  readModulesMatch,
} from "#core/manifest/read-kernel.ts";
import {
  readSafetyBypasses,
  readSafetyChain,
  readSafetyDaemon,
  readSafetyHeartbeatAge,
  readSafetyLimits,
  readSafetyLink,
  readSafetyPermission,
  readSafetyState,
} from "#core/manifest/read-safety.ts";
import { unseen } from "#core/manifest/reading.ts";
import type { Facts } from "#core/report/report.ts";

/**
 * Probes are data (SEE-13): a manifest item names a kind of this table and its arguments. Each entry says which arguments it
 * takes and how it is read from the facts. A kind that is not here gives the finding *unknown*, never silence.
 * Arguments are strings on the wire; a schema here may give one a default, so an older manifest keeps its meaning.
 */
type Probe = {
  args: z.ZodType;
  read: (facts: Facts, args: Record<string, string>) => Reading;
  /** How old the value may be; null: what the agent reads itself is as old as the report. */
  ageLimitMs: (args: Record<string, string>) => number | null;
};

function probe<S extends z.ZodType>(
  args: S,
  read: (facts: Facts, args: z.output<S>) => Reading,
  ageLimitMs: (args: z.output<S>) => number | null = () => null,
): Probe {
  // Every report of every scanner that a manifest describes asks for the same arguments.
  const understand = onceEach((given: Record<string, string>) => args.safeParse(given));
  return {
    args,
    read: (facts, given) => {
      const parsed = understand(given);
      return parsed.success ? read(facts, parsed.data) : unseen("wrong-arguments");
    },
    ageLimitMs: (given) => {
      const parsed = understand(given);
      return parsed.success ? ageLimitMs(parsed.data) : null;
    },
  };
}

const none = z.strictObject({});
const named = z.strictObject({ name: z.string().min(1) });
const hex4 = z.string().regex(/^[0-9a-f]{4}$/);
const which = z.enum(["running", "booted", "profile", "nextBoot"]);

export const PROBE_KINDS = {
  closure: probe(z.strictObject({ which }), readClosure),
  "closure-digest": probe(z.strictObject({ which: which.default("running") }), readClosureDigest),
  "closure-verified": probe(none, readClosureVerified),
  "kernel-release": probe(none, readKernelRelease),
  "kernel-parameter": probe(named, readKernelParameter),
  "kernel-realtime": probe(none, readKernelRealtime),
  "kernel-taint": probe(none, readKernelTaint),
  module: probe(named.extend({ field: z.enum(MODULE_FIELDS).default("loaded") }), readModule),
  "module-parameter": probe(named.extend({ module: z.string().min(1) }), readModuleParameter),
  "modules-match": probe(z.strictObject({ tree: z.enum(["booted", "current"]) }), readModulesMatch),
  unit: probe(named.extend({ field: z.enum(UNIT_FIELDS).default("active") }), readUnit),
  "system-state": probe(none, readSystemState),
  "safety-link": probe(none, readSafetyLink),
  "safety-state": probe(none, readSafetyState),
  "safety-heartbeat-age": probe(none, readSafetyHeartbeatAge),
  "safety-chain": probe(z.strictObject({ element: z.string().min(1) }), readSafetyChain),
  "safety-limits": probe(none, readSafetyLimits),
  "safety-bypasses": probe(none, readSafetyBypasses),
  "safety-permission": probe(none, readSafetyPermission),
  "safety-daemon": probe(z.strictObject({ field: z.enum(["name", "version"]) }), readSafetyDaemon),
  provided: probe(
    z.strictObject({
      owner: z.string().min(1),
      id: z.string().min(1),
      /** Milliseconds, or "none" for a value that does not age (a type, a serial). */
      maxAgeMs: z
        .string()
        .regex(/^([1-9][0-9]{0,11}|none)$/)
        .optional(),
    }),
    readProvided,
    providedAgeLimitMs,
  ),
  "disk-free": probe(z.strictObject({ mount: z.string().min(1) }), readDiskFree),
  "clock-synchronised": probe(none, readClock),
  "clock-offset": probe(none, readClockOffset),
  "nix-version": probe(none, readNixVersion),
  "nix-setting": probe(named, readNixSetting),
  host: probe(z.strictObject({ field: z.enum(HOST_FIELDS) }), readHost),
  "pci-device": probe(
    z.strictObject({
      vendor: hex4,
      device: hex4,
      address: z.string().min(1).optional(),
      field: z.enum(PCI_FIELDS).default("present"),
    }),
    readPciDevice,
  ),
  "usb-device": probe(
    z.strictObject({
      vendor: hex4,
      product: hex4,
      serial: z.string().min(1).optional(),
      field: z.enum(USB_FIELDS).default("present"),
    }),
    readUsbDevice,
  ),
  "device-node": probe(
    z.strictObject({ path: z.string().min(1), field: z.enum(NODE_FIELDS).default("present") }),
    readDeviceNode,
  ),
  gpu: probe(z.strictObject({ field: z.enum(GPU_FIELDS) }), readGpu),
  memory: probe(z.strictObject({ field: z.enum(MEMORY_FIELDS) }), readMemory),
  firmware: probe(z.strictObject({ field: z.enum(FIRMWARE_FIELDS) }), readFirmware),
} as const satisfies Record<string, Probe>;

export type ProbeKind = keyof typeof PROBE_KINDS;

/** Reads one item's value from the facts of a report. */
export function readProbe(facts: Facts, kind: string, args: Record<string, string>): Reading {
  // SEE-13: a newer manifest may name a newer kind; own keys only, so "constructor" is no kind.
  if (!Object.hasOwn(PROBE_KINDS, kind)) return { state: "unknown-kind" };
  return PROBE_KINDS[kind as ProbeKind].read(facts, args);
}

/** How old the item's value may be, milliseconds: what the item itself demands, else what its kind does; null: no limit. */
export function ageLimitMs(item: Item): number | null {
  if (item.expect.op === "maxAge") return item.expect.want;
  if (!Object.hasOwn(PROBE_KINDS, item.kind)) return null;
  return PROBE_KINDS[item.kind as ProbeKind].ageLimitMs(item.args);
}
