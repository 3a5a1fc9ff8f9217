import { posix } from "node:path";
import type { System } from "#agent/system.ts";
import { type Fact, observed } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { treeRelease } from "./kernel.ts";
import { isUnknown } from "./nix-profile.ts";
import type { Probe, Source } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

const MAX_MODULES = 600;
/** modules.dep of a full distribution kernel is 1 MB. */
const MAX_DEP_BYTES = 16 * 1024 * 1024;
const REREAD_MS = 15 * 60_000;

type Module = FactValue<"modules">["loaded"][number];

/**
 * SEE-4: loaded modules, and those that the booted and the running closure do not carry. Compared by name against the tree's
 * modules.dep: module files are compressed and large, so their own versions are not read. Where names cannot prove equality
 * (another tree for the same release), the comparison is unknown and not "none".
 */
export const modulesProbe: Probe<"modules"> = {
  owner: "none",
  while: "idle",
  read: async (source) => {
    const { system, memo, note } = source;
    const text = await system.readText("/proc/modules");
    if (!text.ok)
      return text.problem === "missing"
        ? notKnown("kernel-without-modules")
        : reasonOf(text, "/proc/modules");
    const lines = parseModules(text.value);
    if (lines.length > MAX_MODULES) note("/proc/modules", `${lines.length} modules, ${MAX_MODULES} reported`);
    // The kernel lists the newest first, so a module that was taken out and put in again changes the order.
    const period = Math.floor(system.monotonicMs() / REREAD_MS);
    const fingerprint = `${period} ${lines.map((one) => `${one.name}:${one.size}:${one.taint}`).join(" ")}`;
    const loaded = await memo("modules", fingerprint, () => describe(system, lines.slice(0, MAX_MODULES)));
    const names = loaded.map((one) => one.name);
    return observed({
      loaded,
      differsFromBootedTree: await differsFrom(source, "booted", names),
      differsFromCurrentTree: await differsFromCurrent(source, names),
    });
  },
};

type Line = { name: string; size: string; taint: string };

/** proc(5), /proc/modules: `name size refcount users state address (taint)`. */
export function parseModules(text: string): Line[] {
  const found: Line[] = [];
  for (const line of text.split("\n")) {
    const [name, size, , , , , taint] = line.split(" ");
    if (name === undefined || name === "" || size === undefined) continue;
    found.push({ name: name.slice(0, 64), size, taint: (taint ?? "").replace(/[()]/g, "").slice(0, 16) });
  }
  return found;
}

async function describe(system: System, lines: readonly Line[]): Promise<Module[]> {
  const found: Module[] = [];
  for (const { name, taint } of lines) {
    const version = await attribute(system, name, "version");
    found.push({ name, taint, version, srcversion: await attribute(system, name, "srcversion") });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function attribute(system: System, module: string, name: string): Promise<string | null> {
  const text = await system.readText(`/sys/module/${module}/${name}`, 4096);
  return text.ok ? text.value.trim().slice(0, 64) : null;
}

type Tree = "booted" | "current";
type Names = Fact<string[]>;

async function differsFrom(source: Source, tree: Tree, loaded: readonly string[]): Promise<Names> {
  const { system, memo } = source;
  const closure = `/run/${tree}-system`;
  const release = await treeRelease(system, closure);
  if (isUnknown(release)) return release;
  const running = await system.readText("/proc/sys/kernel/osrelease", 4096);
  if (!running.ok) return reasonOf(running, "/proc/sys/kernel/osrelease");
  // A tree for another kernel carries none of the files that are loaded.
  if (release.value !== running.value.trim()) return observed([...loaded]);
  const folder = await system.resolve(`${closure}/kernel-modules/lib/modules/${release.value}`);
  if (!folder.ok) return reasonOf(folder, closure);
  const path = posix.join(folder.value, "modules.dep");
  // A store path never changes, so its path is its fingerprint; a failed reading must not be kept.
  const carried = await memo(`modules.dep ${tree}`, path, async () => {
    const text = await system.readText(path, MAX_DEP_BYTES);
    return text.ok ? new Set(moduleNames(text.value)) : reasonOf(text, path);
  });
  if (!(carried instanceof Set)) return carried;
  return observed(loaded.filter((name) => !carried.has(name)));
}

async function differsFromCurrent(source: Source, loaded: readonly string[]): Promise<Names> {
  const differs = await differsFrom(source, "current", loaded);
  if (differs.state === "unknown") return differs;
  const booted = await source.system.resolve("/run/booted-system/kernel-modules");
  const current = await source.system.resolve("/run/current-system/kernel-modules");
  const same = booted.ok && current.ok && booted.value === current.value;
  if (same || differs.value.length === loaded.length) return differs;
  // Same release, other tree: a module of equal name may be another build (a new GPU driver is the usual case).
  return notKnown("module-files-not-compared", {
    booted: booted.ok ? booted.value : "?",
    current: current.ok ? current.value : "?",
  });
}

/** `kernel/fs/ext4/ext4.ko.xz: …` names the module ext4; the kernel writes `_` where file names may have `-`. */
export function moduleNames(dep: string): string[] {
  const found: string[] = [];
  for (const match of dep.matchAll(/^(?:[^:\n]*\/)?([^/:\n]+?)\.ko(?:\.[a-z0-9]+)?:/gm))
    if (match[1] !== undefined) found.push(match[1].replaceAll("-", "_"));
  return found;
}
