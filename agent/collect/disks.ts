import { observed } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Probe } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

type Disk = FactValue<"disks">[number];
type Purpose = Exclude<Disk["purpose"], "unknown">;

/** Which file system carries what a scanner needs to live; the first purpose names a file system that carries several. */
const CARRIED: readonly (readonly [string, Purpose])[] = [
  ["/", "root"],
  ["/nix/store", "store"],
  ["/var", "state"],
];
const ESP_MOUNTS = ["/boot", "/boot/efi", "/efi"];

/** SEE-12: space where it matters. Only file systems that are mounted already are asked, so no automount is woken. */
export const disksProbe: Probe<"disks"> = {
  owner: "none",
  while: "idle",
  read: async ({ system, note }) => {
    const text = await system.readText("/proc/mounts");
    if (!text.ok) return reasonOf(text, "/proc/mounts");
    const disks: Disk[] = [];
    for (const { mount, fsType, purpose } of mountsThatMatter(parseMounts(text.value))) {
      const space = await system.disk(mount);
      if (!space.ok) note(mount, `free space: ${space.detail}`.slice(0, 300));
      else disks.push({ mount: mount.slice(0, 256), purpose, fsType: fsType.slice(0, 32), ...space.value });
    }
    return disks.length === 0 ? notKnown("no-such-file", { path: "/proc/mounts" }) : observed(disks);
  },
};

type Mount = { mount: string; fsType: string };

/** fstab(5): blanks and backslashes in a mount point are written in octal. The last mount on a point is the visible one. */
export function parseMounts(text: string): Mount[] {
  const visible = new Map<string, Mount>();
  for (const line of text.split("\n")) {
    const [, point, fsType] = line.split(" ");
    if (point === undefined || fsType === undefined) continue;
    const mount = point.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    visible.set(mount, { mount, fsType });
  }
  return [...visible.values()];
}

export function mountsThatMatter(mounts: readonly Mount[]): (Mount & { purpose: Purpose })[] {
  const found = new Map<string, Mount & { purpose: Purpose }>();
  for (const [path, purpose] of CARRIED) {
    const carrier = carrierOf(path, mounts);
    if (carrier !== null && !found.has(carrier.mount)) found.set(carrier.mount, { ...carrier, purpose });
  }
  for (const point of ESP_MOUNTS) {
    const esp = mounts.find((one) => one.mount === point && one.fsType === "vfat");
    if (esp !== undefined) found.set(point, { ...esp, purpose: "esp" });
  }
  return [...found.values()];
}

/** The mount that a path lies on: the longest mount point that is a prefix of it, by whole names. */
function carrierOf(path: string, mounts: readonly Mount[]): Mount | null {
  const carriers = mounts.filter(
    ({ mount }) => mount === "/" || path === mount || path.startsWith(`${mount}/`),
  );
  return carriers.reduce<Mount | null>(
    (best, one) => (best === null || one.mount.length > best.mount.length ? one : best),
    null,
  );
}
