import type { DEVICE_KINDS } from "#core/report/device-kinds.ts";
import type { FactValue } from "#core/report/kinds.ts";

/** The devices of a healthy scanner (field-service.md §3.1), for tests. */
export const EXAMPLE_DEVICES: { [K in keyof typeof DEVICE_KINDS]: FactValue<K> } = {
  pci: [
    {
      address: "0000:01:00.0",
      vendor: "10de",
      device: "2531",
      subsystem: "10de:151d",
      class: "030000",
      driver: "nvidia",
    },
    {
      address: "0000:02:00.0",
      vendor: "1093",
      device: "717f",
      subsystem: null,
      class: "ff0000",
      driver: "ni_pcimio",
    },
    {
      address: "0000:03:00.0",
      vendor: "8086",
      device: "1533",
      subsystem: "8086:0001",
      class: "020000",
      driver: "igb",
    },
    {
      address: "0000:00:1f.5",
      vendor: "8086",
      device: "7aa4",
      subsystem: null,
      class: "0c8000",
      driver: null,
    },
  ],
  usb: [
    {
      port: "1-4",
      vendor: "2341",
      product: "0042",
      manufacturer: "Arduino (www.arduino.cc)",
      productName: null,
      serial: "7563331313335",
      drivers: ["cdc_acm"],
    },
  ],
  deviceNodes: [
    { path: "/dev/comedi0", kind: "char", target: null, group: "comedi", mode: "0660" },
    { path: "/dev/nvidia0", kind: "char", target: null, group: "root", mode: "0666" },
    { path: "/dev/serial/by-id/usb-Arduino_7563331313335-if00", kind: "link", target: "/dev/ttyACM0" },
    { path: "/dev/ttyACM0", kind: "char", target: null, group: "dialout", mode: "0660" },
  ],
  gpus: {
    moduleVersion: "580.95.05",
    userlandVersion: "580.95.05",
    problem: null,
    cards: [
      {
        bus: "0000:01:00.0",
        name: "NVIDIA RTX A2000",
        uuid: "GPU-5c6d7e8f-0000-0000-0000-000000000000",
        driverVersion: "580.95.05",
        temperatureC: 41,
        memoryTotalMiB: 6138,
        eccUncorrected: 0,
        xid: [],
      },
    ],
  },
  memory: {
    totalBytes: 67_000_000_000,
    availableBytes: 41_000_000_000,
    swapTotalBytes: 0,
    swapFreeBytes: 0,
    correctedErrors: null,
    uncorrectedErrors: null,
  },
  firmware: {
    mode: "efi",
    secureBoot: false,
    vendor: "American Megatrends Inc.",
    version: "1.70",
    date: "03/11/2025",
  },
};
