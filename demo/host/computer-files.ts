import { createHash } from "node:crypto";
import { type Entry, Layer, STORE_TIME_MS } from "#demo/host/file-tree.ts";
import type { DeviceNode, Model, PciDevice, UsbDevice } from "#demo/model/model.ts";

/** What the kernel and the firmware tell of a model's main computer; the same for every scanner of the model. */
export function computerFiles(model: Model): Layer {
  const layer = new Layer();
  const dmi = {
    sys_vendor: model.computer.vendor,
    product_name: model.computer.product,
    board_vendor: model.computer.boardVendor,
    board_name: model.computer.board,
    bios_vendor: "American Megatrends International, LLC.",
    bios_version: "F16",
    bios_date: "03/11/2025",
  };
  for (const [name, value] of Object.entries(dmi)) layer.file(`/sys/class/dmi/id/${name}`, `${value}\n`);
  layer.file("/proc/cpuinfo", CPUINFO).file("/proc/mounts", mounts(model)).file("/proc/meminfo", MEMINFO);
  layer.folder("/sys/firmware/efi").file(SECURE_BOOT, "\u0006\u0000\u0000\u0000\u0000");
  // Where a boot partition is open to root only, what it says comes from fiducial-facts.
  layer.set("/boot/loader/loader.conf", { kind: "denied", mtimeMs: 0 });
  layer.file("/etc/group", GROUPS).file("/sys/kernel/realtime", "1\n");
  layer.folder("/run/systemd/system").folder("/run/chrony").set("/run/dbus/system_bus_socket", {
    kind: "socket",
    mtimeMs: STORE_TIME_MS,
  });
  return layer;
}

const SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

const CPUINFO =
  "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Core(TM) i7-13700E\nflags\t\t: fpu vme de pse tsc msr pae cx8 apic sep mtrr pge cmov constant_tsc nonstop_tsc tsc_deadline_timer\n";
const MEMINFO =
  "MemTotal:       65536124 kB\nMemFree:        38120400 kB\nMemAvailable:   47900112 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n";

/** Numbers of groups as NixOS gives them out (nixos/modules/misc/ids.nix), the free ones from 990 downwards. */
const GROUP_IDS = { root: 0, dialout: 27, video: 26, clock: 990, iocard: 989, spcm: 988 } as const;
const GROUPS = Object.entries(GROUP_IDS)
  .map(([name, id]) => `${name}:x:${id}:\n`)
  .join("");

function mounts({ disks }: Model): string {
  const lines = [
    "devtmpfs /dev devtmpfs rw,nosuid,size=3276804k,nr_inodes=8188561,mode=755 0 0",
    "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0",
    "sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0",
    "tmpfs /run tmpfs rw,nosuid,nodev,size=16384000k,mode=755 0 0",
    ...disks.map(({ device, mount, fsType }) => `${device} ${mount} ${fsType} rw,relatime 0 0`),
  ];
  return `${lines.join("\n")}\n`;
}

/** PCI and USB devices, device nodes and udev's records of them (sysfs rules; Documentation/ABI/testing/sysfs-bus-pci, -usb). */
export function deviceFiles(devices: {
  pci: readonly PciDevice[];
  usb: readonly UsbDevice[];
  nodes: readonly DeviceNode[];
}): Layer {
  const layer = new Layer().folder("/sys/bus/pci/devices").folder("/sys/bus/usb/devices");
  layer.folder("/run/udev/data").folder("/dev/serial/by-id");
  for (const one of devices.pci) addPci(layer, one);
  for (const one of devices.usb) addUsb(layer, one);
  for (const one of devices.nodes) addNode(layer, one);
  for (const [path, text] of linkRecords(devices.nodes)) layer.set(path, record(text));
  return layer;
}

function addPci(layer: Layer, { address, driver, ...device }: PciDevice): void {
  const folder = `/sys/devices/pci0000:00/${address}`;
  const [maker = "", board = ""] = device.subsystem.split(":");
  layer.link(`/sys/bus/pci/devices/${address}`, `../../../devices/pci0000:00/${address}`);
  layer.file(`${folder}/vendor`, `0x${device.vendor}\n`).file(`${folder}/device`, `0x${device.device}\n`);
  layer.file(`${folder}/class`, `0x${device.class}\n`);
  layer.file(`${folder}/subsystem_vendor`, `0x${maker}\n`).file(`${folder}/subsystem_device`, `0x${board}\n`);
  layer.link(`${folder}/subsystem`, "../../../bus/pci");
  if (driver !== null) layer.link(`${folder}/driver`, `../../../bus/pci/drivers/${driver}`);
  layer.set(`/run/udev/data/+pci:${address}`, record(driver ?? ""));
}

function addUsb(layer: Layer, device: UsbDevice): void {
  const folder = `/sys/devices/pci0000:00/0000:00:14.0/usb1/${device.port}`;
  layer.link(
    `/sys/bus/usb/devices/${device.port}`,
    `../../../devices/pci0000:00/0000:00:14.0/usb1/${device.port}`,
  );
  layer.file(`${folder}/idVendor`, `${device.vendor}\n`).file(`${folder}/idProduct`, `${device.product}\n`);
  layer.file(`${folder}/manufacturer`, `${device.manufacturer}\n`);
  layer.file(`${folder}/product`, `${device.productName}\n`);
  if (device.serial !== null) layer.file(`${folder}/serial`, `${device.serial}\n`);
  device.drivers.forEach((driver, at) => {
    const name = `${device.port}:1.${at}`;
    layer.link(
      `/sys/bus/usb/devices/${name}`,
      `../../../devices/pci0000:00/0000:00:14.0/usb1/${device.port}/${name}`,
    );
    layer.link(`${folder}/${name}/driver`, `../../../../../../../bus/usb/drivers/${driver}`);
  });
  layer.set(`/run/udev/data/+usb:${device.port}`, record(device.drivers.join(" ")));
}

function addNode(layer: Layer, node: DeviceNode): void {
  const mtimeMs = STORE_TIME_MS;
  if (node.kind === "link") {
    layer.link(node.path, node.target ?? "");
    return;
  }
  const gid = GROUP_IDS[node.group as keyof typeof GROUP_IDS] ?? 0;
  layer.set(node.path, { kind: node.kind, mode: node.mode, gid, mtimeMs });
  layer.set(`/run/udev/data/c${majorMinor(node.path)}`, record(node.path));
}

/** Links to nodes are part of the record of what they lead to, so another target is another record. */
function linkRecords(nodes: readonly DeviceNode[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { kind, path, target } of nodes) {
    if (kind !== "link" || target === null) continue;
    const name = `/run/udev/data/c${majorMinor(`/dev/${target.split("/").at(-1)}`)}`;
    found.set(name, `${found.get(name) ?? ""}S:${path.slice("/dev/".length)}\n`);
  }
  return found;
}

function record(text: string): Entry {
  return { kind: "file", text: `I:1\nE:DRIVER=${text}\n`, mtimeMs: STORE_TIME_MS };
}

function majorMinor(path: string): string {
  const digest = createHash("sha256").update(path).digest();
  return `${200 + ((digest[0] ?? 0) % 40)}:${digest[1] ?? 0}`;
}
