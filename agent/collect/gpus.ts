import { posix } from "node:path";
import type { System } from "#agent/system.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { attribute, whole } from "./hardware.ts";
import { busAddress, type Smi, type SmiCard } from "./nvidia-smi.ts";
import type { Probe, Source } from "./probe.ts";
import { readXids, type Xids } from "./xid.ts";

type Gpus = FactValue<"gpus">;

const LIBRARIES = [
  "/run/opengl-driver/lib/libnvidia-ml.so.1",
  "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1",
  "/usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1",
  "/usr/lib64/libnvidia-ml.so.1",
];
const NVIDIA = "/proc/driver/nvidia";

/**
 * SEE-5: do module, library and cards of NVIDIA agree? Module and library are told by files. The cards are asked through
 * nvidia-smi, seldom and only while idle, because it makes the driver work.
 */
export const gpusProbe: Probe<"gpus"> = {
  owner: "none",
  while: "idle",
  read: (source) => whole(() => readGpus(source)),
};

async function readGpus(source: Source): Promise<Gpus> {
  const { system } = source;
  const moduleVersion = await moduleVersionOf(system);
  const userlandVersion = await libraryVersion(system);
  const versions = { moduleVersion, userlandVersion };
  if (moduleVersion === null)
    return { ...versions, problem: userlandVersion === null ? null : "driver-not-loaded", cards: [] };
  const moment = `${moduleVersion} ${userlandVersion} ${source.hotplug.count}`;
  const smi = await source.smi.ask(moment);
  const xids = await source.memo("xid", `${moment} ${Math.floor(system.monotonicMs() / XID_PERIOD_MS)}`, () =>
    readXids(system),
  );
  const cards = smi.cards.length > 0 ? smi.cards : await cardsOfDriver(system, moduleVersion);
  return { ...versions, problem: problemOf(smi, versions), cards: cards.map((card) => withXid(card, xids)) };
}

const XID_PERIOD_MS = 5 * 60_000;

/** Where nvidia-smi could not be asked, two version numbers that differ are proof enough (F01). */
function problemOf(smi: Smi, { moduleVersion, userlandVersion }: Omit<Gpus, "problem" | "cards">) {
  if (smi.problem !== "not-asked" || userlandVersion === null) return smi.problem;
  return moduleVersion === userlandVersion ? smi.problem : "driver-library-mismatch";
}

/** The module that is loaded; null: none is. */
async function moduleVersionOf(system: System): Promise<string | null> {
  const own = await attribute(system, "/sys/module/nvidia/version");
  if (own !== null && own !== "") return own.slice(0, 64);
  const text = await attribute(system, `${NVIDIA}/version`);
  const told = /Kernel Module\s+(?:for \S+\s+)?([0-9]+(?:\.[0-9]+)+)/.exec(text ?? "")?.[1];
  return told?.slice(0, 64) ?? null;
}

/** The library's file is named after its version: `libnvidia-ml.so.580.95.05`. */
async function libraryVersion(system: System): Promise<string | null> {
  for (const path of LIBRARIES) {
    const file = await system.resolve(path);
    const version = file.ok ? /\.so\.([0-9]+(?:\.[0-9]+)+)$/.exec(posix.basename(file.value))?.[1] : null;
    if (version !== null && version !== undefined) return version.slice(0, 64);
  }
  return null;
}

/** What the driver itself tells of the cards it took, where nvidia-smi tells nothing. */
async function cardsOfDriver(system: System, driverVersion: string): Promise<SmiCard[]> {
  const names = await system.list(`${NVIDIA}/gpus`);
  const cards: SmiCard[] = [];
  for (const name of names.ok ? names.value.slice(0, 16) : []) {
    const bus = busAddress(name);
    const text = await attribute(system, `${NVIDIA}/gpus/${name}/information`);
    if (bus === null || text === null) continue;
    const line = (label: string) => new RegExp(`^${label}:\\s*(.+)$`, "m").exec(text)?.[1]?.trim();
    cards.push({
      bus,
      name: (line("Model") ?? "").slice(0, 128),
      uuid: line("GPU UUID")?.slice(0, 64) ?? null,
      driverVersion,
      temperatureC: null,
      memoryTotalMiB: null,
      eccUncorrected: null,
    });
  }
  return cards;
}

function withXid(card: SmiCard, xids: Xids): Gpus["cards"][number] {
  const slot = card.bus.replace(/\.[0-7]$/, "");
  return { ...card, xid: xids === null ? null : [...(xids.get(slot) ?? [])] };
}
