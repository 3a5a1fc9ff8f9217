import type { Listing } from "#core/closure/listing.ts";
import { parsePackageName } from "#core/closure/package-name.ts";
import { storePathParts } from "#core/closure/store-path.ts";

/** A part of the boot on both sides, as store paths; null: not known on that side. */
export type BootPart = {
  from: string | null;
  to: string | null;
  fromVersion: string | null;
  toVersion: string | null;
  change: "same" | "changed" | "unknown";
};

export type BootChanges = {
  kernel: BootPart;
  initrd: BootPart;
  systemd: BootPart;
  /** Null: one side did not say what parameters it boots with. Order does not count, repetition does. */
  parameters: { added: string[]; removed: string[] } | null;
};

type Part = "kernel" | "initrd" | "systemd";

/** How the toplevel's own reference to each part is called where no boot.json says it. */
const STORE_NAME = {
  kernel: /^linux(?:-(?!headers|firmware|pam|config)[a-z]+)*-[0-9][^-]*(?:-rt[0-9]+)?$/,
  initrd: /^initrd-/,
  systemd: /^systemd-[0-9][^-]*$/,
} as const satisfies Record<Part, RegExp>;

export function bootChanges(from: Listing, to: Listing): BootChanges {
  return {
    kernel: bootPart(from, to, "kernel"),
    initrd: bootPart(from, to, "initrd"),
    systemd: bootPart(from, to, "systemd"),
    parameters: parameterChanges(from, to),
  };
}

/** Version of the kernel a closure boots ("6.6.30"), null when it cannot be told. */
export function kernelVersion(listing: Listing): string | null {
  return versionOf(partPath(listing, "kernel"));
}

function bootPart(from: Listing, to: Listing, part: Part): BootPart {
  const before = partPath(from, part);
  const after = partPath(to, part);
  return {
    from: before,
    to: after,
    fromVersion: versionOf(before),
    toVersion: versionOf(after),
    change: before === null || after === null ? "unknown" : before === after ? "same" : "changed",
  };
}

/** What boot.json says is believed first; else the one direct reference of the toplevel with the right name, and none if there are two. */
function partPath({ toplevel, paths, boot }: Listing, part: Part): string | null {
  const said = boot?.[part] ?? null;
  if (said !== null) return storePathOf(said, toplevel);
  const references = paths.find((one) => one.path === toplevel)?.references ?? [];
  const [found = null, ...more] = references
    .flatMap((position) => paths[position]?.path ?? [])
    .filter((path) => STORE_NAME[part].test(storePathParts(path).name));
  return more.length === 0 ? found : null;
}

/** `/nix/store/<hash>-linux-6.6/bzImage` → the store path, in the store that the toplevel lives in. */
function storePathOf(file: string, toplevel: string): string {
  const store = toplevel.slice(0, toplevel.lastIndexOf("/") + 1);
  if (!file.startsWith(store)) return file;
  const end = file.indexOf("/", store.length);
  return end < 0 ? file : file.slice(0, end);
}

function versionOf(path: string | null): string | null {
  if (path === null) return null;
  const { version } = parsePackageName(storePathParts(path).name);
  return version === "" ? null : version;
}

function parameterChanges(from: Listing, to: Listing): BootChanges["parameters"] {
  const before = from.boot?.kernelParams;
  const after = to.boot?.kernelParams;
  if (before === undefined || after === undefined) return null;
  return { added: without(after, before), removed: without(before, after) };
}

/** What `list` has more of than `other`. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of other) left.set(one, (left.get(one) ?? 0) + 1);
  return list.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
}
