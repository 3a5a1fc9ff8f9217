import {
  COMEDI_NODE,
  COMPUTER_NODES,
  computerPci,
  FIELD_PROBE_USB,
  gpu,
  HEATING_USB,
  ISEL_USB,
  niCard,
  SERIAL_NODES,
  SPECTRUM_CARD,
  SPECTRUM_NODE,
  SURVEILLANCE_USB,
} from "#demo/model/devices.ts";
import type { Model, ModelDisk } from "#demo/model/model.ts";
import { COMEDI_MODULES, COMPUTER_MODULES, SPECTRUM_MODULES } from "#demo/model/modules.ts";
import { safety } from "#demo/model/safety-chain.ts";
import { BENCH_UNITS, SCANNER_UNITS } from "#demo/model/units.ts";
import {
  amplifiers,
  chiller,
  fieldProbe,
  galilTable,
  iselRobot,
  PTP_OFFSET,
  redPitayas,
  supplies,
  surveillanceUnit,
  zones,
} from "#demo/model/values.ts";

const GIB = 1024 ** 3;

function disks(dataGib: number): ModelDisk[] {
  return [
    { mount: "/", device: "/dev/nvme0n1p2", fsType: "ext4", totalBytes: 232 * GIB, used: 0.41 },
    { mount: "/boot", device: "/dev/nvme0n1p1", fsType: "vfat", totalBytes: GIB, used: 0.22 },
    { mount: "/var", device: "/dev/sda1", fsType: "ext4", totalBytes: dataGib * GIB, used: 0.37 },
  ];
}

const WORKSTATION = {
  vendor: "Gigabyte Technology Co., Ltd.",
  product: "MPI-C4",
  boardVendor: "Gigabyte Technology Co., Ltd.",
  board: "W680D WS",
};

/** FFP: three Red Pitayas, NI card for slow signals, isel robot for calibration, Galil table. */
export const FM_25: Model = {
  name: "FM-25",
  title: "FM-25 field-free point scanner",
  computer: WORKSTATION,
  units: SCANNER_UNITS,
  modules: [...COMPUTER_MODULES, ...COMEDI_MODULES],
  pci: [...computerPci("RTX A4000"), niCard("717d")],
  usb: [SURVEILLANCE_USB, HEATING_USB, ISEL_USB],
  nodes: [...COMPUTER_NODES, COMEDI_NODE, ...SERIAL_NODES],
  provided: [
    ...redPitayas(3),
    ...iselRobot(),
    ...galilTable(),
    ...amplifiers(["amp-left", "amp-right"]),
    ...zones(3),
    ...chiller(),
    ...surveillanceUnit(),
    PTP_OFFSET,
  ],
  safety: safety("3.2.0"),
  gpu: gpu("RTX A4000"),
  disks: disks(3_600),
};

/** FFL: a rotating field-free line, so no robot; Spectrum digitiser beside the Red Pitayas. */
export const FM_30: Model = {
  name: "FM-30",
  title: "FM-30 field-free line scanner",
  computer: { ...WORKSTATION, product: "MPI-C5" },
  units: SCANNER_UNITS,
  modules: [...COMPUTER_MODULES, ...COMEDI_MODULES, ...SPECTRUM_MODULES],
  pci: [...computerPci("RTX A2000"), niCard("717d"), SPECTRUM_CARD],
  usb: [SURVEILLANCE_USB, HEATING_USB, ISEL_USB],
  nodes: [...COMPUTER_NODES, COMEDI_NODE, SPECTRUM_NODE, ...SERIAL_NODES],
  provided: [
    ...redPitayas(3),
    ...galilTable(),
    ...iselRobot(),
    ...amplifiers(["amp-left", "amp-right"]),
    ...zones(3),
    ...chiller(),
    ...surveillanceUnit(),
    PTP_OFFSET,
  ],
  safety: safety("3.2.0", ["hood"]),
  gpu: gpu("RTX A2000"),
  disks: disks(7_200),
};

/** Head research: DC supplies for the selection field, a field probe, four Red Pitayas. */
export const FM_H1: Model = {
  name: "FM-H1",
  title: "FM-H1 head research scanner",
  computer: { ...WORKSTATION, product: "MPI-C5H" },
  units: SCANNER_UNITS,
  modules: [...COMPUTER_MODULES, ...COMEDI_MODULES, ...SPECTRUM_MODULES],
  pci: [...computerPci("L4"), niCard("717f"), SPECTRUM_CARD],
  usb: [SURVEILLANCE_USB, HEATING_USB, ISEL_USB, FIELD_PROBE_USB],
  nodes: [...COMPUTER_NODES, COMEDI_NODE, SPECTRUM_NODE, ...SERIAL_NODES],
  provided: [
    ...redPitayas(4),
    ...galilTable(),
    ...iselRobot(),
    ...amplifiers(["amp-left", "amp-right"]),
    ...supplies(["dc-1"]),
    ...zones(3),
    ...chiller(),
    ...surveillanceUnit(),
    ...fieldProbe(),
    PTP_OFFSET,
  ],
  safety: safety("3.3.1"),
  gpu: gpu("L4"),
  disks: disks(14_500),
};

/** Spectrometer on a bench: nothing moves, nothing is energised that could hurt, so it has no safety daemon. */
export const FS_10: Model = {
  name: "FS-10",
  title: "FS-10 spectrometer",
  computer: { ...WORKSTATION, product: "MPI-B1" },
  units: BENCH_UNITS,
  modules: [...COMPUTER_MODULES, ...COMEDI_MODULES, ...SPECTRUM_MODULES],
  pci: [...computerPci("RTX A2000"), niCard("717f"), SPECTRUM_CARD],
  usb: [FIELD_PROBE_USB],
  nodes: [...COMPUTER_NODES, COMEDI_NODE, SPECTRUM_NODE],
  provided: [
    ...redPitayas(3),
    ...amplifiers(["amp-send"]),
    ...supplies(["dc-1"]),
    ...zones(2),
    ...fieldProbe(),
    PTP_OFFSET,
  ],
  safety: null,
  gpu: gpu("RTX A2000"),
  disks: disks(1_800),
};
