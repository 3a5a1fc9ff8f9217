import type { HostClock } from "#demo/host/clock.ts";
import { Layer } from "#demo/host/file-tree.ts";
import type { HostState } from "#demo/host/host-state.ts";
import type { Picture } from "#demo/host/picture.ts";
import { addPublished } from "#demo/host/published-files.ts";
import { closureFacts, linkedMs, verificationFacts } from "#demo/host/root-facts.ts";
import { graphicsLibrary } from "#demo/host/system-files.ts";
import type { HostSystem, Systems } from "#demo/host/systems.ts";

const PROFILES = "/nix/var/nix/profiles";
const RUN = "/run/fiducial";

export type Own = {
  picture: Picture;
  systems: Systems;
  clock: HostClock;
  /** When the host was last altered: the time of the folders in which a name may have come or gone. */
  alteredMs: number;
};

/** Files that only this one host has: who it is, which closures it runs, what programs leave in /run. */
export function ownFiles(own: Own): Layer {
  const layer = new Layer();
  addIdentity(layer, own);
  addClosures(layer, own);
  addFacts(layer, own);
  addPublished(layer, own.picture, own.clock);
  addSafetySocket(layer, own.picture);
  return layer;
}

function addIdentity(layer: Layer, { picture, clock }: Own): void {
  const { state, systems } = picture;
  layer.file("/etc/machine-id", `${state.hardware.machineId}\n`);
  layer.file("/etc/os-release", osRelease(systems.running));
  layer.file("/proc/sys/kernel/hostname", `${state.hostname}\n`);
  layer.file("/proc/sys/kernel/random/boot_id", `${state.boot.id}\n`);
  layer.file("/proc/stat", `cpu  0 0 0 0 0 0 0 0 0 0\nbtime ${Math.floor(state.boot.atMs / 1000)}\n`);
  layer.file(
    "/sys/class/rtc/rtc0/since_epoch",
    () => `${Math.floor((clock.nowMs() + state.clockOffsetMs) / 1000)}\n`,
  );
  state.hardware.addresses.forEach((address, at) => {
    const folder = `/sys/class/net/enp${4 + at}s0`;
    layer.link(`${folder}/device/subsystem`, "../../../../bus/pci");
    layer.file(`${folder}/addr_assign_type`, "0\n").file(`${folder}/address`, `${address}\n`);
  });
}

/** os-release(5) as NixOS writes it; the version stands in the name of the toplevel. */
function osRelease({ toplevel }: HostSystem): string {
  const label = /-nixos-system-[^-]+-(.+)$/.exec(toplevel)?.[1] ?? "";
  const version = label.split(".").slice(0, 2).join(".");
  return `ID=nixos\nNAME=NixOS\nPRETTY_NAME="NixOS ${version}"\nVERSION_ID="${version}"\nBUILD_ID="${label}"\n`;
}

function addClosures(layer: Layer, { picture, systems, alteredMs }: Own): void {
  const { state } = picture;
  const { running, booted } = picture.systems;
  layer.link("/run/current-system", running.toplevel, state.switchedAtMs);
  layer.link("/run/booted-system", booted.toplevel, state.boot.atMs);
  layer.link(
    "/run/opengl-driver/lib/libnvidia-ml.so.1",
    graphicsLibrary(running.release),
    state.switchedAtMs,
  );
  layer.folder(PROFILES, alteredMs);
  layer.link(
    `${PROFILES}/system`,
    `system-${state.links.profile}-link`,
    linkedMs(state, state.links.profile),
  );
  for (const { number, system, createdAtMs } of state.generations)
    layer.link(`${PROFILES}/system-${number}-link`, systems.get(state.model, system).toplevel, createdAtMs);
}

/** What root's fiducial-facts and the program that carries changes out leave in the run folder. */
function addFacts(layer: Layer, own: Own): void {
  const { state } = own.picture;
  const entry = (name: string, text: () => string, stamp: string) =>
    layer.set(`${RUN}/facts.d/${name}`, { kind: "file", text, mtimeMs: state.boot.atMs, stamp });
  entry(
    "closures.json",
    kept(() => `${JSON.stringify(closureFacts(own.picture, own.systems))}\n`),
    JSON.stringify([state.generations, state.links]),
  );
  const verified = () => `${JSON.stringify(verificationFacts(own.picture, own.clock.nowMs()))}\n`;
  entry("verification.json", verified, own.picture.systems.running.toplevel);
  if (state.change !== null) layer.file(`${RUN}/change.json`, changeText(state));
}

function changeText({ change, confirmed, quarantine }: HostState): string {
  const lists = { ...(confirmed && { confirmed }), ...(quarantine && { quarantine }) };
  return JSON.stringify({ schema: "fiducial.change/1", ...change, ...lists });
}

/** Made at the first reading, then kept: most hosts never change. */
function kept(make: () => string): () => string {
  let text: string | null = null;
  return () => {
    text ??= make();
    return text;
  };
}

/** A daemon that died leaves its socket behind; only a model without one has none. */
function addSafetySocket(layer: Layer, { safety }: Picture): void {
  if (safety !== null) layer.set(`${RUN}/safety.sock`, { kind: "socket", mtimeMs: safety.startedMs });
}
