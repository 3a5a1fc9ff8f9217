import type { DeviceNode, Gpu, PciDevice, UsbDevice } from "#demo/model/model.ts";

/** Devices with their real ids (pci.ids, usb.ids; field-service.md §3.1). */
function pci(device: Omit<PciDevice, "item">): PciDevice {
  return { ...device, item: null };
}

const BOARD: readonly PciDevice[] = [
  pci({
    address: "0000:00:00.0",
    vendor: "8086",
    device: "4660",
    subsystem: "1458:5000",
    class: "060000",
    driver: null,
  }),
  pci({
    address: "0000:00:14.0",
    vendor: "8086",
    device: "7ae0",
    subsystem: "1458:5007",
    class: "0c0330",
    driver: "xhci_hcd",
  }),
  pci({
    address: "0000:00:17.0",
    vendor: "8086",
    device: "7ae2",
    subsystem: "1458:b005",
    class: "010601",
    driver: "ahci",
  }),
  pci({
    address: "0000:00:1f.4",
    vendor: "8086",
    device: "7aa3",
    subsystem: "1458:5001",
    class: "0c0500",
    driver: "i801_smbus",
  }),
  pci({
    address: "0000:02:00.0",
    vendor: "144d",
    device: "a80c",
    subsystem: "144d:a801",
    class: "010802",
    driver: "nvme",
  }),
  pci({
    address: "0000:04:00.0",
    vendor: "8086",
    device: "1533",
    subsystem: "8086:0003",
    class: "020000",
    driver: "igb",
  }),
  pci({
    address: "0000:05:00.0",
    vendor: "8086",
    device: "125c",
    subsystem: "1458:e000",
    class: "020000",
    driver: "igc",
  }),
];

const GPUS = {
  "RTX A2000": { device: "2531", subsystem: "10de:151d", memoryTotalMiB: 6138 },
  "RTX A4000": { device: "24b0", subsystem: "10de:14ad", memoryTotalMiB: 16376 },
  L4: { device: "27b8", subsystem: "10de:16ca", memoryTotalMiB: 23034 },
} as const;
export type GpuName = keyof typeof GPUS;

export const GPU_ADDRESS = "0000:01:00.0";

export function gpu(name: GpuName): Gpu {
  return { bus: GPU_ADDRESS, name: `NVIDIA ${name}`, memoryTotalMiB: GPUS[name].memoryTotalMiB, ecc: true };
}

/** Everything that every main computer has, with its graphics card. */
export function computerPci(card: GpuName): PciDevice[] {
  const { device, subsystem } = GPUS[card];
  const nvidia: PciDevice = {
    address: GPU_ADDRESS,
    vendor: "10de",
    device,
    subsystem,
    class: "030000",
    driver: "nvidia",
    item: { id: "gpu.card", class: "function", block: "drivers", part: "gpu", link: "pci" },
  };
  return [...BOARD, nvidia];
}

/** PCIe-6251 and PCIe-6259, by their place in the ids. */
export function niCard(device: "717d" | "717f"): PciDevice {
  return {
    address: "0000:07:00.0",
    vendor: "1093",
    device,
    subsystem: "1093:0000",
    class: "ff0000",
    driver: "ni_pcimio",
    item: { id: "daq.ni.card", class: "function", block: "daq", part: "ni", link: "pci" },
  };
}

export const SPECTRUM_CARD: PciDevice = {
  address: "0000:08:00.0",
  vendor: "18f1",
  device: "4450",
  subsystem: "18f1:4450",
  class: "118000",
  driver: "spcm4",
  item: { id: "daq.digitiser.card", class: "function", block: "daq", part: "digitiser", link: "pci" },
};

type Serial = { port: string; serial: string; productName?: string; item?: UsbDevice["item"] };

function arduinoMega({ port, serial, item }: Serial): UsbDevice {
  return {
    port,
    vendor: "2341",
    product: "0042",
    manufacturer: "Arduino (www.arduino.cc)",
    productName: "Mega 2560 R3",
    serial,
    drivers: ["cdc_acm"],
    item: item ?? null,
  };
}

function ftdi({ port, serial, item }: Serial): UsbDevice {
  return {
    port,
    vendor: "0403",
    product: "6001",
    manufacturer: "FTDI",
    productName: "FT232R USB UART",
    serial,
    drivers: ["ftdi_sio"],
    item: item ?? null,
  };
}

/** Serials as their makers print them; the same part number in every scanner of a model would be no serial. */
export const SURVEILLANCE_USB = arduinoMega({
  port: "1-4",
  serial: "85735313932351F0C1A1",
  item: { id: "su.board", class: "function", block: "surveillance", part: "survbox", link: "usb" },
});
export const HEATING_USB = arduinoMega({ port: "1-5", serial: "75833353734351B01271" });
export const ISEL_USB = ftdi({ port: "1-3", serial: "AB0LPS1C" });
export const FIELD_PROBE_USB = ftdi({ port: "1-6", serial: "A50285BI" });

function node(path: string, group: string, item?: DeviceNode["item"]): DeviceNode {
  return { path, kind: "char", target: null, group, mode: 0o660, item: item ?? null };
}

function link(path: string, target: string, item?: DeviceNode["item"]): DeviceNode {
  return { path, kind: "link", target, group: "root", mode: 0o777, item: item ?? null };
}

export const COMPUTER_NODES: readonly DeviceNode[] = [
  node("/dev/nvidia0", "video", {
    id: "gpu.node",
    class: "function",
    block: "drivers",
    part: "gpu",
    link: "pci",
  }),
  node("/dev/nvidiactl", "video"),
  node("/dev/nvidia-uvm", "video"),
  node("/dev/ptp0", "clock"),
];

export const COMEDI_NODE = node("/dev/comedi0", "iocard", {
  id: "daq.ni.node",
  class: "function",
  block: "daq",
  part: "ni",
  link: "pci",
});
export const SPECTRUM_NODE = node("/dev/spcm0", "spcm", {
  id: "daq.digitiser.node",
  class: "function",
  block: "daq",
  part: "digitiser",
  link: "pci",
});

const BY_ID = "/dev/serial/by-id/usb-Arduino__www.arduino.cc__0042_";
export const SURVEILLANCE_LINK = `${BY_ID}${SURVEILLANCE_USB.serial}-if00`;
export const HEATING_LINK = `${BY_ID}${HEATING_USB.serial}-if00`;

export const SERIAL_NODES: readonly DeviceNode[] = [
  node("/dev/ttyACM0", "dialout"),
  node("/dev/ttyACM1", "dialout"),
  node("/dev/ttyUSB0", "dialout"),
  link(SURVEILLANCE_LINK, "../../ttyACM0", {
    id: "su.node",
    class: "config",
    block: "surveillance",
    part: "survbox",
    link: "usb",
  }),
  link(HEATING_LINK, "../../ttyACM1"),
  link("/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_AB0LPS1C-if00-port0", "../../ttyUSB0"),
];
