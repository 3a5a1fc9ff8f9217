import { createHash } from "node:crypto";
import type { System } from "#agent/system.ts";
import { observed, type Unknown } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { isUnknown, osIdentity } from "./nix-profile.ts";
import type { Probe, Source } from "./probe.ts";
import { notKnown } from "./reason.ts";

/** What this machine is. Nothing here changes without a reboot, except host name and release file, which are two small reads. */
export const hostProbe: Probe<"host"> = {
  owner: "none",
  while: "always",
  read: async (source) => {
    const { system, memo } = source;
    const identity = await osIdentity(system);
    if (isUnknown(identity)) return identity;
    const hardware = await memo("hardware", await firstLine(system, "/etc/machine-id"), () =>
      readHardware(system),
    );
    if (isUnknown(hardware)) return hardware;
    const id = identity.get("ID") ?? "";
    return observed({
      hostname: (await firstLine(system, "/proc/sys/kernel/hostname")).slice(0, 253),
      os: id === "nixos" ? "nixos" : "other",
      osName: (identity.get("NAME") ?? id).slice(0, 128),
      osVersion: (identity.get("VERSION_ID") ?? identity.get("BUILD_ID") ?? "").slice(0, 128),
      architecture: hardware.architecture.slice(0, 32),
      hardwareFingerprint: hardware.fingerprint,
      virtualisation: hardware.virtualisation?.slice(0, 64) ?? null,
      bootedAtMs: await bootTime(source),
    });
  },
};

type Hardware = { fingerprint: string } & Pick<FactValue<"host">, "architecture" | "virtualisation">;

async function readHardware(system: System): Promise<Hardware | Unknown> {
  const fingerprint = await hardwareFingerprint(system);
  if (fingerprint === null) return notKnown("no-hardware-identity");
  return {
    fingerprint,
    architecture: await architectureOf(system),
    virtualisation: await virtualisationOf(system),
  };
}

/**
 * Tells two machines apart that were made from one disk image: machine id, board and permanent network addresses. Only what
 * every user may read goes in, so that an agent run by hand as root agrees with the service. Null when nothing identifies.
 */
async function hardwareFingerprint(system: System): Promise<string | null> {
  const parts: string[] = [];
  for (const path of ["/etc/machine-id", ...DMI_FIELDS.map((name) => `/sys/class/dmi/id/${name}`)]) {
    const line = await firstLine(system, path);
    if (line !== "") parts.push(`${path}=${line}`);
  }
  for (const address of await networkAddresses(system)) parts.push(`net=${address}`);
  if (parts.length === 0) return null;
  return createHash("sha256")
    .update(`fiducial.hardware.v1\n${parts.join("\n")}\n`)
    .digest("hex");
}

const DMI_FIELDS = ["sys_vendor", "product_name", "board_vendor", "board_name"];

/** Addresses burnt into cards of the machine: not virtual (no device), not on USB (may be unplugged), not set by software. */
async function networkAddresses(system: System): Promise<string[]> {
  const names = await system.list("/sys/class/net");
  const found: string[] = [];
  for (const name of names.ok ? names.value : []) {
    const bus = await system.readLink(`/sys/class/net/${name}/device/subsystem`);
    if (!bus.ok || bus.value.endsWith("/usb")) continue;
    if ((await firstLine(system, `/sys/class/net/${name}/addr_assign_type`)) !== "0") continue;
    found.push(await firstLine(system, `/sys/class/net/${name}/address`));
  }
  return found.filter((address) => address !== "").sort();
}

const UNAME_OF_NODE: Record<string, string> = { x64: "x86_64", arm64: "aarch64", ia32: "i686" };

async function architectureOf(system: System): Promise<string> {
  // Kernels from 6.1 tell their own machine name; before, the one that Node was built for is the same or this would not run.
  const own = await firstLine(system, "/proc/sys/kernel/arch");
  return own === "" ? (UNAME_OF_NODE[process.arch] ?? process.arch) : own;
}

/** Words as systemd-detect-virt(1) uses them. */
const VENDORS: readonly (readonly [RegExp, string])[] = [
  [/^QEMU$/, "qemu"],
  [/^(KVM|OpenStack)/, "kvm"],
  [/^Amazon EC2$/, "amazon"],
  [/^Google/, "google"],
  [/^VMware|^VMW$/, "vmware"],
  [/^innotek GmbH|^VirtualBox/, "oracle"],
  [/^Xen$/, "xen"],
  [/^Parallels/, "parallels"],
  [/^BHYVE$/, "bhyve"],
];

async function virtualisationOf(system: System): Promise<string | null> {
  const container = await firstLine(system, "/run/systemd/container");
  if (container !== "") return container;
  const vendor = await firstLine(system, "/sys/class/dmi/id/sys_vendor");
  const product = await firstLine(system, "/sys/class/dmi/id/product_name");
  if (vendor === "Microsoft Corporation" && product === "Virtual Machine") return "microsoft";
  for (const [pattern, word] of VENDORS) if (pattern.test(vendor) || pattern.test(product)) return word;
  const cpu = await system.readText("/proc/cpuinfo");
  return cpu.ok && /^flags\s*:.*\bhypervisor\b/m.test(cpu.value) ? "vm-other" : null;
}

/** Kept per boot: the kernel computes it from two clocks, and a value that trembles by a second would be a change every time. */
async function bootTime({ system, memo }: Source): Promise<number | null> {
  const bootId = await firstLine(system, "/proc/sys/kernel/random/boot_id");
  return memo("boot-time", bootId, async () => {
    const stat = await system.readText("/proc/stat");
    const seconds = stat.ok ? /^btime ([0-9]+)$/m.exec(stat.value)?.[1] : undefined;
    return seconds === undefined ? null : Number(seconds) * 1000;
  });
}

async function firstLine(system: System, path: string): Promise<string> {
  const text = await system.readText(path, 64 * 1024);
  return text.ok ? (text.value.split("\n")[0] ?? "").trim() : "";
}
