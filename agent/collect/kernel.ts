import type { System } from "#agent/system.ts";
import { type Fact, observed } from "#core/report/fact.ts";
import { isUnknown, osIdentity } from "./nix-profile.ts";
import type { Probe } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

const MAX_PARAMETERS = 128;
const MAX_PARAMETER = 256;

/** SEE-4: the kernel that runs, and the releases that the booted and the running closure carry. */
export const kernelProbe: Probe<"kernel"> = {
  owner: "none",
  while: "always",
  read: async ({ system, note }) => {
    const release = await system.readText("/proc/sys/kernel/osrelease", 4096);
    if (!release.ok) return reasonOf(release, "/proc/sys/kernel/osrelease");
    const version = await system.readText("/proc/sys/kernel/version", 4096);
    if (!version.ok) return reasonOf(version, "/proc/sys/kernel/version");
    const tainted = await system.readText("/proc/sys/kernel/tainted", 64);
    if (!tainted.ok) return reasonOf(tainted, "/proc/sys/kernel/tainted");
    const cmdline = await system.readText("/proc/cmdline", 64 * 1024);
    if (!cmdline.ok) return reasonOf(cmdline, "/proc/cmdline");
    const parameters = splitParameters(cmdline.value);
    if (parameters.length > MAX_PARAMETERS) note("/proc/cmdline", `more than ${MAX_PARAMETERS} parameters`);
    const realtime = await system.readText("/sys/kernel/realtime", 16);
    return observed({
      release: release.value.trim().slice(0, 128),
      version: version.value.trim().slice(0, 256),
      tainted: Number.parseInt(tainted.value, 10) || 0,
      parameters: parameters.slice(0, MAX_PARAMETERS).map((one) => one.slice(0, MAX_PARAMETER)),
      realtime: realtime.ok ? realtime.value.trim() === "1" : /\bPREEMPT_RT\b/.test(version.value),
      bootedTree: await treeRelease(system, "/run/booted-system"),
      currentTree: await treeRelease(system, "/run/current-system"),
    });
  },
};

/** Kernel parameters are separated by spaces, but not inside double quotes (kernel-parameters.rst). */
export function splitParameters(text: string): string[] {
  return text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
}

/** The one kernel release below `kernel-modules/lib/modules` of a closure. */
export async function treeRelease(system: System, closure: string): Promise<Fact<string>> {
  const path = `${closure}/kernel-modules/lib/modules`;
  const names = await system.list(path);
  if (!names.ok) return names.problem === "missing" ? missingTree(system, closure) : reasonOf(names, path);
  const [release, ...more] = names.value;
  if (release === undefined) return notKnown("no-module-tree", { path });
  return more.length === 0 ? observed(release.slice(0, 128)) : notKnown("several-module-trees", { path });
}

async function missingTree(system: System, closure: string) {
  const identity = await osIdentity(system);
  if (!isUnknown(identity) && identity.get("ID") !== "nixos" && !(await system.info(closure)).ok)
    return notKnown("not-nixos", { os: identity.get("PRETTY_NAME") ?? "" });
  return notKnown("no-module-tree", { path: closure });
}
