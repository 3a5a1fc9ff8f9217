import { createHash } from "node:crypto";
import { Layer } from "#demo/host/file-tree.ts";
import type { Picture } from "#demo/host/picture.ts";
import type { HostSystem } from "#demo/host/systems.ts";
import type { Model, ModelModule } from "#demo/model/model.ts";
import type { DemoRelease } from "#demo/release/release.ts";

/** What lies in the Nix store of a closure that the agent looks at: the toplevel, its module tree, the graphics library. */
export function storeFiles(system: HostSystem, model: Model): Layer {
  const { release, toplevel } = system;
  const tree = pathNamed(release, "kernel-modules");
  const modules = `${tree}/lib/modules/${release.kernelRelease}`;
  return new Layer()
    .folder(toplevel)
    .link(`${toplevel}/kernel-modules`, tree)
    .file(`${modules}/modules.dep`, modulesDep(model.modules))
    .file(graphicsLibrary(release), "");
}

/** Where the running system's graphics library lies; a link in /run leads to it. */
export function graphicsLibrary(release: DemoRelease): string {
  const { nvidiaVersion } = release;
  // The module for one kernel has the same name and a longer version.
  return `${pathNamed(release, "nvidia-x11", nvidiaVersion)}/lib/libnvidia-ml.so.${nvidiaVersion}`;
}

function pathNamed(release: DemoRelease, name: string, version?: string): string {
  const found = release.paths.find(
    (one) => one.name === name && (version === undefined || one.version === version),
  );
  return found?.path ?? `${release.toplevel}/${name}`;
}

/** modules.dep(5); which folder a module lies in is of no interest to anybody here. */
function modulesDep(modules: readonly ModelModule[]): string {
  return modules
    .map(({ name, versionOf }) => {
      const folder = versionOf === "kernel" ? "kernel/drivers" : "extra";
      return `${folder}/${name}.ko.xz:\n`;
    })
    .join("");
}

type Kernel = Pick<Picture, "modules" | "nvidia"> & { booted: HostSystem };

/** /proc and /sys of the kernel that was booted, with the modules that are loaded. */
export function kernelFiles({ modules, nvidia, booted }: Kernel): Layer {
  const { release } = booted;
  const layer = new Layer()
    .file("/proc/sys/kernel/osrelease", `${release.kernelRelease}\n`)
    .file("/proc/sys/kernel/version", "#1-NixOS SMP PREEMPT_RT\n")
    .file("/proc/sys/kernel/arch", "x86_64\n")
    // Out-of-tree modules that are signed by nobody and not free (tainted-kernels.rst: P, O, E).
    .file("/proc/sys/kernel/tainted", "12289\n")
    .file("/proc/cmdline", commandLine(booted))
    .file("/proc/modules", modules.map(moduleLine).join(""));
  for (const module of modules) addModule(layer, module, release, nvidia.module);
  addDriver(layer, modules, nvidia.module);
  return layer;
}

function commandLine({ toplevel, release }: HostSystem): string {
  return `init=${toplevel}/init ${release.boot.kernelParams.join(" ")}\n`;
}

/** proc(5): name, size, references, users, state, address, taint. */
function moduleLine({ name, versionOf }: ModelModule): string {
  const taint = { kernel: "", nvidia: " (POE)", comedi: " (OE)", spcm4: " (POE)" }[versionOf];
  return `${name} ${sizeOf(name)} 0 - Live 0x0000000000000000${taint}\n`;
}

function sizeOf(name: string): number {
  return 4096 * (4 + ((createHash("sha256").update(name).digest()[0] ?? 0) % 60));
}

function addModule(
  layer: Layer,
  { name, versionOf }: ModelModule,
  release: DemoRelease,
  nvidia: string,
): void {
  const folder = `/sys/module/${name}`;
  if (versionOf === "kernel") {
    layer.folder(folder);
    return;
  }
  const version = versionOf === "nvidia" ? nvidia : (release.packages[versionOf]?.split("-")[0] ?? "0.7.76");
  const built = createHash("sha256").update(`${name} ${version} ${release.kernelRelease}`).digest("hex");
  layer.file(`${folder}/version`, `${version}\n`);
  layer.file(`${folder}/srcversion`, `${built.slice(0, 23).toUpperCase()}\n`);
}

function addDriver(layer: Layer, modules: readonly ModelModule[], version: string): void {
  if (!modules.some(({ name }) => name === "nvidia")) return;
  const text = `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  ${version}  Release Build\n`;
  layer.file("/proc/driver/nvidia/version", text);
}
