import type { ProbeKind } from "#core/manifest/kinds.ts";
import type { Text, Texts } from "#core/message/text.ts";
import type { DEVICE_KINDS } from "#core/report/device-kinds.ts";
import type { ReasonCode } from "#core/report/reason-codes.ts";

/** Devices, drivers, memory, firmware (SEE-4, SEE-5, SEE-12): what is looked at, and why it could not be seen. */
const FACTS = {
  "fact.pci": { en: "PCI devices", de: "PCI-Geräte" },
  "fact.usb": { en: "USB devices", de: "USB-Geräte" },
  "fact.deviceNodes": { en: "Device nodes", de: "Gerätedateien" },
  "fact.gpus": { en: "Graphics cards", de: "Grafikkarten" },
  "fact.memory": { en: "Memory", de: "Arbeitsspeicher" },
  "fact.firmware": { en: "Firmware of the computer", de: "Firmware des Rechners" },
} as const satisfies { readonly [K in `fact.${keyof typeof DEVICE_KINDS}`]: Text };

const PROBES = {
  "probe.pci-device": { en: "PCI device", de: "PCI-Gerät" },
  "probe.usb-device": { en: "USB device", de: "USB-Gerät" },
  "probe.device-node": { en: "Device node", de: "Gerätedatei" },
  "probe.gpu": { en: "Graphics card", de: "Grafikkarte" },
  "probe.memory": { en: "Memory", de: "Arbeitsspeicher" },
  "probe.firmware": { en: "Firmware of the computer", de: "Firmware des Rechners" },
} as const satisfies { readonly [K in `probe.${ProbeKind}`]?: Text };

const UNSEEN = {
  "unknown.node-not-looked-for": {
    en: "The agent does not look for this device node[: {path}].",
    de: "Nach dieser Gerätedatei sucht der Agent nicht[: {path}].",
  },
  "unknown.gpu-not-asked": {
    en: "nvidia-smi is not there to be asked.",
    de: "nvidia-smi ist nicht vorhanden und wurde nicht gefragt.",
  },
  "unknown.gpu-not-answering": {
    en: "nvidia-smi did not answer in time.",
    de: "nvidia-smi hat nicht rechtzeitig geantwortet.",
  },
  "unknown.gpu-problem-unknown": {
    en: "The scanner names a problem of the graphics driver that this server does not know.",
    de: "Der Scanner nennt ein Problem des Grafiktreibers, das dieser Server nicht kennt.",
  },
  "unknown.kernel-log-not-read": {
    en: "The agent may not read the kernel log, where Xid events are.",
    de: "Der Agent darf das Kernel-Protokoll nicht lesen, in dem Xid-Ereignisse stehen.",
  },
} as const satisfies Texts;

const AGENT = {
  "unknown.no-such-bus": {
    en: "This machine has no such bus[: {path}].",
    de: "Diese Maschine hat keinen solchen Bus[: {path}].",
  },
  "unknown.private-devices": {
    en: "The agent was given a[ {path}] of its own and does not see the machine's devices.",
    de: "Der Agent hat ein eigenes[ {path}] und sieht die Geräte der Maschine nicht.",
  },
} as const satisfies { readonly [K in `unknown.${ReasonCode}`]?: Text };

/** Why a proposed device deserves a second look before it is adopted (EXP-8). */
const NOTES = {
  "note.may-be-unplugged": {
    en: "A device that people plug in and out; proposed for information only.",
    de: "Ein Gerät, das man ein- und aussteckt; nur zur Information vorgeschlagen.",
  },
  "note.numbered-by-chance": {
    en: "Ports are numbered in the order of plugging; a name by identity is the better item.",
    de: "Ports werden in der Reihenfolge des Einsteckens gezählt; besser ist ein Name nach Identität.",
  },
} as const satisfies Texts;

export const DEVICE_TEXTS = { ...FACTS, ...PROBES, ...UNSEEN, ...AGENT, ...NOTES } as const;
