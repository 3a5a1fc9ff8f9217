import { type Draft, draft, idPart, note } from "#core/manifest/draft.ts";
import { readGpu, readMemory, readPciDevice, readUsbDevice } from "#core/manifest/read-devices.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

/** Devices with their drivers, graphics cards, memory and firmware (SEE-4, SEE-5, SEE-12), as the scanner is delivered. */
export function proposeDevices(facts: Facts): Draft[] {
  return [
    ...pci(facts),
    ...usb(facts),
    ...nodes(facts),
    ...gpus(facts),
    ...memory(facts),
    ...firmware(facts),
    ...moduleFiles(facts),
  ];
}

type Pci = FactValue<"pci">[number];
type Usb = FactValue<"usb">[number];

/** Bridges, memory controllers and the board's own peripherals (PCI class codes 05, 06, 08): a board always has them. */
const BOARD = /^0[568]/;

/** F03: a card without its driver is there and does nothing. One item for all cards of a kind. */
function pci(facts: Facts): Draft[] {
  if (facts.pci?.state !== "observed") return [];
  const cards = facts.pci.value.filter((one) => one.driver !== null && !BOARD.test(one.class));
  return [...new Map(cards.map((one) => [`${one.vendor}:${one.device}`, one]))].flatMap(([id, one]) =>
    pciCard(facts, id, one),
  );
}

function pciCard(facts: Facts, id: string, { vendor, device }: Pci): Draft[] {
  const args = { vendor, device };
  const driver = readPciDevice(facts, { ...args, field: "driver" });
  const count = readPciDevice(facts, { ...args, field: "count" });
  return [
    ...(driver.state === "known" ? [{ field: "driver", want: driver.value }] : []),
    ...(count.state === "known" && count.value !== 1 ? [{ field: "count", want: count.value }] : []),
  ].flatMap(({ field, want }) =>
    draft({
      id: `pci.${id}.${field}`,
      kind: "pci-device",
      args: { ...args, field },
      class: "function",
      expect: { op: "eq", want },
    }),
  );
}

/** Adapters to serial devices and boards that speak through one: what a scanner is built with, unlike a keyboard or a stick. */
const SERIAL_DRIVER = /^(cdc_acm|ftdi_sio|cp210x|ch341|pl2303|mos7840|usbtmc)$/;

function usb(facts: Facts): Draft[] {
  if (facts.usb?.state !== "observed") return [];
  return facts.usb.value
    .filter(({ drivers }) => drivers.length > 0 && !drivers.includes("hub"))
    .flatMap((one) => usbDevice(facts, one));
}

function usbDevice(facts: Facts, one: Usb): Draft[] {
  const { vendor, product, serial, drivers } = one;
  const args = { vendor, product, ...(serial === null ? {} : { serial }) };
  const driver = readUsbDevice(facts, { ...args, field: "driver" });
  if (driver.state !== "known") return [];
  const built = drivers.some((name) => SERIAL_DRIVER.test(name));
  return draft(
    {
      id: `usb.${vendor}:${product}${serial === null ? "" : `.${idPart(serial)}`}.driver`,
      kind: "usb-device",
      args: { ...args, field: "driver" },
      class: built ? "function" : "info",
      expect: { op: "eq", want: driver.value },
    },
    built ? null : note("may-be-unplugged"),
  );
}

/** F04: numbers of serial ports change with the order of plugging, names by identity do not. */
const NUMBERED = /^\/dev\/tty(ACM|USB)/;

function nodes(facts: Facts): Draft[] {
  if (facts.deviceNodes?.state !== "observed") return [];
  return facts.deviceNodes.value.flatMap(({ path }) => {
    const numbered = NUMBERED.test(path);
    return draft(
      {
        id: `node${idPart(path)}`,
        kind: "device-node",
        args: { path, field: "present" },
        class: numbered ? "info" : "function",
        expect: { op: "eq", want: true },
      },
      numbered ? note("numbered-by-chance") : null,
    );
  });
}

/** F01, F02. As with units: what has failed now is shown and expected of nobody, and what was not seen is not proposed. */
function gpus(facts: Facts): Draft[] {
  if (facts.gpus?.state !== "observed" || facts.gpus.value.moduleVersion === null) return [];
  const { moduleVersion, cards } = facts.gpus.value;
  const fields = [
    { field: "problem", want: "none", itemClass: "function" },
    { field: "count", want: cards.length, itemClass: "function" },
    { field: "xid", want: "none", itemClass: "function" },
    { field: "moduleVersion", want: moduleVersion, itemClass: "config" },
  ] as const;
  return fields.flatMap(({ field, want, itemClass }) => {
    const now = readGpu(facts, { field });
    if (now.state !== "known") return [];
    const failed = now.value !== want;
    return draft(
      {
        id: `gpu.${field}`,
        kind: "gpu",
        args: { field },
        class: failed ? "info" : itemClass,
        expect: { op: "eq", want },
      },
      failed ? note("failed-now") : null,
    );
  });
}

/** Firmware and kernel keep a little for themselves, and not always the same; a module that died is far more than this. */
const MEMORY_SHARE = 0.97;

function memory(facts: Facts): Draft[] {
  const total = readMemory(facts, { field: "totalMiB" });
  const errors = readMemory(facts, { field: "uncorrectedErrors" });
  return [
    ...(total.state === "known" && typeof total.value === "number"
      ? draft({
          id: "memory.total",
          kind: "memory",
          args: { field: "totalMiB" },
          class: "function",
          unit: "MiB",
          expect: { op: "range", want: { min: Math.floor(total.value * MEMORY_SHARE), max: null } },
        })
      : []),
    ...(errors.state === "known"
      ? draft(
          {
            id: "memory.uncorrected-errors",
            kind: "memory",
            args: { field: "uncorrectedErrors" },
            class: "function",
            expect: { op: "eq", want: 0 },
          },
          errors.value === 0 ? null : note("failed-now"),
        )
      : []),
  ];
}

function firmware(facts: Facts): Draft[] {
  if (facts.firmware?.state !== "observed") return [];
  const { secureBoot, version } = facts.firmware.value;
  const told = { secureBoot, version };
  return (["secureBoot", "version"] as const).flatMap((field) => {
    const want = told[field];
    if (want === null) return [];
    return draft({
      id: `firmware.${field}`,
      kind: "firmware",
      args: { field },
      class: "config",
      expect: { op: "eq", want },
    });
  });
}

/** Loaded modules against the files of the running closure; where that could not be compared nothing is expected. */
function moduleFiles(facts: Facts): Draft[] {
  if (facts.modules?.state !== "observed") return [];
  const differs = facts.modules.value.differsFromCurrentTree;
  if (differs.state === "unknown") return [];
  return draft(
    {
      id: "modules.match.current",
      kind: "modules-match",
      args: { tree: "current" },
      class: "config",
      expect: { op: "eq", want: true },
    },
    differs.value.length === 0 ? null : note("reboot-pending-now"),
  );
}
