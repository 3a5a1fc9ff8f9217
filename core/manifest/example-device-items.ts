import { MOST_NODES, MOST_PCI, MOST_USB } from "#core/report/device-kinds.ts";
import { EXAMPLE_DEVICES } from "#core/report/example-devices.ts";
import { exampleFacts } from "#core/report/example-facts.ts";
import type { Facts } from "#core/report/report.ts";

/** Items about devices and what the healthy scanner answers, for the tables in which every probe kind is proved. */
type Row<Last> = [kind: string, args: Record<string, string>, facts: Facts, answer: Last];

const [gpuCard, daq, network, controller] = EXAMPLE_DEVICES.pci;
const [arduino] = EXAMPLE_DEVICES.usb;
const { gpus, memory } = EXAMPLE_DEVICES;
const pciOf = (...pci: unknown[]) => exampleFacts({ pci: pci as never });
const usbOf = (...usb: unknown[]) => exampleFacts({ usb: usb as never });
const GPU = { vendor: "10de", device: "2531" };
const DAQ = { vendor: "1093", device: "717f" };
const ARDUINO = { vendor: "2341", product: "0042" };
const BY_ID = "/dev/serial/by-id/usb-Arduino_7563331313335-if00";
const card = (change: object) => ({ gpus: { cards: [{ ...gpus.cards[0], ...change } as never] } });

export const KNOWN_DEVICES: Row<unknown>[] = [
  ["pci-device", GPU, exampleFacts(), true],
  ["pci-device", { ...DAQ, field: "driver" }, exampleFacts(), "ni_pcimio"],
  ["pci-device", { ...DAQ, field: "count" }, pciOf(daq, { ...daq, address: "0000:05:00.0" }), 2],
  ["pci-device", { ...GPU, field: "count" }, pciOf(daq), 0],
  [
    "pci-device",
    { ...GPU, field: "driver" },
    pciOf(gpuCard, { ...gpuCard, address: "0000:05:00.0", driver: "vfio-pci" }),
    "nvidia, vfio-pci",
  ],
  [
    "pci-device",
    { ...GPU, field: "driver", address: "0000:05:00.0" },
    pciOf(gpuCard, { ...gpuCard, address: "0000:05:00.0", driver: "vfio-pci" }),
    "vfio-pci",
  ],
  ["usb-device", ARDUINO, exampleFacts(), true],
  ["usb-device", { ...ARDUINO, field: "driver" }, exampleFacts(), "cdc_acm"],
  ["usb-device", { ...ARDUINO, field: "port" }, exampleFacts(), "1-4"],
  ["usb-device", { ...ARDUINO, field: "count" }, usbOf(arduino, { ...arduino, port: "1-5" }), 2],
  ["usb-device", { ...ARDUINO, field: "serial" }, exampleFacts(), "7563331313335"],
  ["device-node", { path: "/dev/comedi0" }, exampleFacts(), true],
  ["device-node", { path: BY_ID, field: "target" }, exampleFacts(), "/dev/ttyACM0"],
  ["device-node", { path: "/dev/ttyACM0", field: "mode" }, exampleFacts(), "0660"],
  ["gpu", { field: "problem" }, exampleFacts(), "none"],
  [
    "gpu",
    { field: "problem" },
    exampleFacts({ gpus: { problem: "driver-library-mismatch" } }),
    "driver-library-mismatch",
  ],
  ["gpu", { field: "moduleVersion" }, exampleFacts(), "580.95.05"],
  ["gpu", { field: "count" }, exampleFacts(), 1],
  ["gpu", { field: "xid" }, exampleFacts(), "none"],
  ["gpu", { field: "xid" }, exampleFacts(card({ xid: [79, 31, 79] })), "31, 79"],
  ["memory", { field: "totalMiB" }, exampleFacts(), 63_896],
  ["memory", { field: "availablePercent" }, exampleFacts(), 61],
  ["memory", { field: "uncorrectedErrors" }, exampleFacts({ memory: { uncorrectedErrors: 0 } }), 0],
  ["firmware", { field: "secureBoot" }, exampleFacts(), false],
  ["firmware", { field: "version" }, exampleFacts(), "1.70"],
  ["firmware", { field: "mode" }, exampleFacts(), "efi"],
];

export const UNSEEN_DEVICES: Row<string>[] = [
  ["pci-device", GPU, pciOf(...Array(MOST_PCI).fill(network)), "list-cut-short"],
  ["usb-device", ARDUINO, usbOf(...Array(MOST_USB).fill({ ...arduino, product: "0001" })), "list-cut-short"],
  [
    "device-node",
    { path: "/dev/ttyUSB0" },
    exampleFacts({ deviceNodes: Array(MOST_NODES).fill(EXAMPLE_DEVICES.deviceNodes[0]) as never }),
    "list-cut-short",
  ],
  ["device-node", { path: "/dev/video0" }, exampleFacts(), "node-not-looked-for"],
  ["device-node", { path: BY_ID, field: "group" }, exampleFacts(), "no-value"],
  ["gpu", { field: "problem" }, exampleFacts({ gpus: { problem: "not-asked" } }), "gpu-not-asked"],
  ["gpu", { field: "problem" }, exampleFacts({ gpus: { problem: "not-answering" } }), "gpu-not-answering"],
  ["gpu", { field: "problem" }, exampleFacts({ gpus: { problem: "unknown" } }), "gpu-problem-unknown"],
  ["gpu", { field: "xid" }, exampleFacts(card({ xid: null })), "kernel-log-not-read"],
  ["memory", { field: "availablePercent" }, exampleFacts({ memory: { totalBytes: 0 } }), "no-value"],
  ["firmware", { field: "mode" }, exampleFacts({ firmware: { mode: "unknown" } }), "no-value"],
  ["gpu", { field: "nvml" }, exampleFacts(), "wrong-arguments"],
  ["pci-device", { vendor: "10DE", device: "2531" }, exampleFacts(), "wrong-arguments"],
];

export const ABSENT_DEVICES: [kind: string, args: Record<string, string>, facts: Facts][] = [
  ["pci-device", { vendor: "1093", device: "c4c4" }, exampleFacts()],
  ["pci-device", { ...GPU, field: "driver" }, pciOf(gpuCard, { ...gpuCard, driver: null })],
  ["pci-device", { vendor: "8086", device: "7aa4", field: "driver" }, pciOf(controller)],
  ["usb-device", { ...ARDUINO, serial: "other" }, exampleFacts()],
  ["usb-device", { ...ARDUINO, field: "driver" }, usbOf({ ...arduino, drivers: [] })],
  ["usb-device", { ...ARDUINO, field: "serial" }, usbOf({ ...arduino, serial: null })],
  ["device-node", { path: "/dev/nvidia1" }, exampleFacts()],
  ["device-node", { path: "/dev/comedi0", field: "target" }, exampleFacts()],
  ["gpu", { field: "moduleVersion" }, exampleFacts({ gpus: { ...gpus, moduleVersion: null } })],
  ["memory", { field: "uncorrectedErrors" }, exampleFacts({ memory })],
  ["firmware", { field: "secureBoot" }, exampleFacts({ firmware: { secureBoot: null } })],
];
