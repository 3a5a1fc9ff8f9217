import type { BootChanges } from "#core/closure/boot.ts";
import type { ClosureDiff } from "#core/closure/diff.ts";
import type { PackageChange } from "#core/closure/package-change.ts";
import { parsePackageName } from "#core/closure/package-name.ts";
import { storePathParts } from "#core/closure/store-path.ts";
import type { CodeOf } from "#core/message/catalogue.ts";
import type { SystemDiff } from "#core/release/diff.ts";
import type { Reason } from "#core/report/fact.ts";

/** Packages whose version people know as the version of a driver. */
const DRIVERS = {
  gpu: new Set(["nvidia-x11", "nvidia-open", "nvidia-dc", "amdgpu-pro"]),
} as const satisfies Record<string, ReadonlySet<string>>;

/**
 * What taking a system does to a scanner that runs the release before, as the parts of one sentence (SIG-5): "restarts 3 units,
 * reboot needed, GPU driver 570 → 580, 412 MB to fetch". Codes of the catalogue's namespace `effect`; never empty.
 */
export function effectOf(diff: SystemDiff): Reason[] {
  if (diff.change === "removed") return [part("removed")];
  if (diff.closure === null) return [part("first"), part("fetch", { sizeBytes: diff.fetchBytes })];
  if (diff.change === "same") return [part("nothing")];
  return [
    ...otherContent(diff.closure),
    ...units(diff.closure),
    ...reboot(diff.closure),
    ...drivers(diff.closure),
    ...counted("packages", packagesWithin(diff.closure)),
    ...counted("expected", diff.expected.length),
    ...diff.parts.map((one) => part(SIGNED_PARTS[one])),
    part("fetch", { sizeBytes: diff.fetchBytes }),
  ];
}

const SIGNED_PARTS = {
  for: "audience",
  health: "health",
  compatibility: "compatibility",
} as const satisfies Record<SystemDiff["parts"][number], CodeOf<"effect">>;

function part(code: CodeOf<"effect">, params?: Reason["params"]): Reason {
  return params === undefined ? { code } : { code, params };
}

function counted(code: CodeOf<"effect">, count: number): Reason[] {
  return count === 0 ? [] : [part(code, { count })];
}

/** The system itself is no package to whoever reads the sentence, and always another. */
function packagesWithin({ packages, to }: ClosureDiff): number {
  const system = parsePackageName(storePathParts(to.toplevel).name).name;
  return packages.filter((one) => one.name !== system).length;
}

/** Never the work of Nix alone (SEE-2): said first, because whoever signs has to know why. */
function otherContent({ sameNameOtherContent }: ClosureDiff): Reason[] {
  return counted("other-content", sameNameOtherContent.length);
}

function units({ units: changes }: ClosureDiff): Reason[] {
  const count = (change: (typeof changes)[number]["change"]) =>
    changes.filter((one) => one.change === change).length;
  return [
    ...counted("restarts", count("changed")),
    ...counted("starts", count("added")),
    ...counted("stops", count("removed")),
  ];
}

/**
 * What a running system cannot take in: another kernel, initrd, kernel modules, kernel parameters or systemd. Where the closure
 * does not say what it boots and nothing else tells, that is said instead of "no reboot" (SEE-14).
 */
function reboot({ from, to, boot, modules }: ClosureDiff): Reason[] {
  const because = [
    ...bootPart("kernel", boot.kernel),
    // Its name carries the version of the kernel, which is said already.
    ...(boot.initrd.change === "changed" ? [part("initrd")] : []),
    ...bootPart("systemd", boot.systemd),
    ...counted("modules", modules.length),
    ...counted("parameters", (boot.parameters?.added.length ?? 0) + (boot.parameters?.removed.length ?? 0)),
  ];
  if (because.length > 0) return [part("reboot"), ...because];
  return [part(from.toplevel !== to.toplevel && isBlind(boot) ? "reboot-unknown" : "no-reboot")];
}

function bootPart(name: "kernel" | "systemd", { change, fromVersion, toVersion }: BootChanges["kernel"]) {
  if (change !== "changed") return [];
  if (fromVersion === null || toVersion === null || fromVersion === toVersion)
    return [part(`${name}-rebuilt`)];
  return [part(name, { from: fromVersion, to: toVersion })];
}

function isBlind({ kernel, initrd }: BootChanges): boolean {
  return kernel.change === "unknown" || initrd.change === "unknown";
}

function drivers({ packages, modules }: ClosureDiff): Reason[] {
  return Object.entries(DRIVERS).flatMap(([driver, names]) => {
    const change = [...modules, ...packages].find((one) => names.has(one.name));
    return change === undefined ? [] : [driverPart(driver, change)];
  });
}

function driverPart(driver: string, change: PackageChange): Reason {
  const from = newest(change.from);
  const to = newest(change.to);
  if (change.change === "added") return part("driver-added", { driver, version: to });
  if (change.change === "removed") return part("driver-removed", { driver, version: from });
  return from === to ? part("driver-rebuilt", { driver, version: to }) : part("driver", { driver, from, to });
}

function newest(versions: PackageChange["from"]): string {
  return versions.at(-1)?.version ?? "";
}
