import { createHash } from "node:crypto";
import { closureDigestText } from "#core/closure/digest.ts";
import { parsePackageName } from "#core/closure/package-name.ts";
import type { PathInfo } from "#core/closure/path-info.ts";
import { closurePathList } from "#core/closure/path-list.ts";
import { type StorePath, storePathParts } from "#core/closure/store-path.ts";
import type { ClosureBoot } from "#core/closure/upload.ts";
import type { ModelName } from "#demo/model/model.ts";
import { FAMILIES } from "#demo/release/families.ts";
import { BASE_PACKAGES } from "#demo/release/packages.ts";
import { ladder, type Recipe, recipes, versionAt } from "#demo/release/recipe.ts";
import { narHashFor, narSizeFor, storePathFor } from "#demo/release/store-name.ts";
import { SYSTEM_PARTS } from "#demo/release/system-parts.ts";

type DemoPath = {
  path: StorePath;
  /** As Nix splits a store name (core/closure/package-name.ts). */
  name: string;
  version: string;
  narHash: string;
  narSize: number;
  /** Positions in the list. */
  references: number[];
};

/** What was wrong with a release: the module for the data acquisition cards was not built for its new kernel (F03). */
type Flaw = "comedi-module-missing";

/** One release of one model: what a build of its configuration would have given. Times follow from the given now. */
export type DemoRelease = {
  /** Year, month and number inside the month of its publication: "2026.10.2". */
  name: string;
  /** 1 for the oldest; every later release has a higher one. */
  counter: number;
  model: ModelName;
  publishedDaysAgo: number;
  publishedAtMs: number;
  kernelRelease: string;
  nvidiaVersion: string;
  /** Version by package name, of everything that has one. */
  packages: Readonly<Record<string, string>>;
  toplevel: StorePath;
  digest: string;
  /** Of the toplevel itself. */
  narHash: string;
  /** Bytes of the whole closure. */
  narSize: number;
  paths: DemoPath[];
  boot: ClosureBoot;
  flaw: Flaw | null;
};

/** Days before now, oldest first: about one release every two months, over fourteen months. */
const PUBLISHED_DAYS_AGO = [424, 366, 302, 241, 178, 119, 62, 19] as const;
const FLAWED_COUNTER = 7;
const DAY_MS = 24 * 60 * 60_000;

/** The NixOS that a counter's configuration follows; everything is built anew with another one. */
const NIXOS = ladder("25.05 3:25.11 5:26.05");
const KERNEL = ladder(
  "6.12.41-rt12 2:6.12.43-rt12 3:6.12.57-rt14 4:6.12.60-rt14 5:6.18.4-rt3 6:6.18.12-rt5 7:6.18.31-rt8 8:6.18.34-rt8",
);

/** Eight releases of a model, oldest first. The same arguments give the same paths, hashes and digests on every machine. */
export function releasesOf(model: ModelName, nowMs: number): DemoRelease[] {
  const names = releaseNames(nowMs);
  return PUBLISHED_DAYS_AGO.map((publishedDaysAgo, position) =>
    build({ model, counter: position + 1, name: names[position] ?? "", publishedDaysAgo, nowMs }),
  );
}

/** The one after the newest: built, and in nobody's history. */
export function releaseAheadOf(model: ModelName, nowMs: number): DemoRelease {
  const days = [...PUBLISHED_DAYS_AGO, 0];
  const name = releaseNames(nowMs, days).at(-1) ?? "";
  return build({ model, counter: days.length, name, publishedDaysAgo: 0, nowMs });
}

function releaseNames(nowMs: number, daysAgo: readonly number[] = PUBLISHED_DAYS_AGO): string[] {
  const months = daysAgo.map((days) => {
    const at = new Date(nowMs - days * DAY_MS);
    return `${at.getUTCFullYear()}.${String(at.getUTCMonth() + 1).padStart(2, "0")}`;
  });
  return months.map(
    (month, at) => `${month}.${months.slice(0, at + 1).filter((one) => one === month).length}`,
  );
}

type Order = { model: ModelName; counter: number; name: string; publishedDaysAgo: number; nowMs: number };

function build(order: Order): DemoRelease {
  const { model, counter, name, publishedDaysAgo, nowMs } = order;
  const flaw: Flaw | null = counter === FLAWED_COUNTER ? "comedi-module-missing" : null;
  const publishedAtMs = nowMs - publishedDaysAgo * DAY_MS;
  const parts = partsOf(model, counter, flaw);
  const built = buildAll(parts, order, publishedAtMs);
  const toplevel = built.at("toplevel");
  const list = closurePathList(toplevel, [...built.infos.values()]);
  if (!list.ok) throw new Error(`${model} ${name}: ${JSON.stringify(list.problem)}`);
  const kernelRelease = versionIn(KERNEL, counter);
  return {
    name,
    counter,
    model,
    publishedDaysAgo,
    publishedAtMs,
    kernelRelease,
    nvidiaVersion: versionOf(parts, "nvidia-x11", counter),
    packages: packagesOf(list.paths),
    toplevel,
    digest: sha256(closureDigestText(list.paths)),
    narHash: narHashFor(toplevel),
    narSize: list.paths.reduce((sum, { narSize }) => sum + narSize, 0),
    paths: list.paths.map((one) => ({ ...one, ...parsePackageName(storePathParts(one.path).name) })),
    boot: bootOf(counter, (part) => built.at(part)),
    flaw,
  };
}

/** Everything a closure of this model consists of. */
function partsOf(model: ModelName, counter: number, flaw: Flaw | null): Recipe[] {
  const here = ({ models }: Recipe) => models.length === 0 || models.includes(model);
  const packages = [...BASE_PACKAGES, ...FAMILIES, ...kernelParts(counter, flaw)].filter(here);
  const system = SYSTEM_PARTS.filter(here);
  const units = system.filter(({ name }) => name.startsWith("unit-")).map(({ name }) => name);
  const joined = system.map((one) =>
    one.name === "system-units" ? { ...one, needs: [...one.needs, ...units] } : one,
  );
  const needed = new Set([...packages, ...joined].flatMap(({ needs }) => needs));
  const loose = [...packages, ...joined].filter(({ name }) => !needed.has(name)).map(({ name }) => name);
  const inPath = loose.filter((name) => !TOPLEVEL_NEEDS.includes(name));
  return [
    ...packages,
    ...joined,
    ...recipes(
      `system-path | | 2860 | ${inPath.join(" ")}\n toplevel | | 12 | ${TOPLEVEL_NEEDS.join(" ")} system-path`,
    ),
  ];
}

const TOPLEVEL_NEEDS: readonly string[] = [
  "linux-rt",
  "linux-rt@modules",
  "initrd",
  "systemd",
  "etc",
  "linux-firmware",
];

/** What is built for one kernel, and so moves whenever the kernel does. */
function kernelParts(counter: number, flaw: Flaw | null): Recipe[] {
  const kernel = versionIn(KERNEL, counter);
  const userland = versionOf(BASE_PACKAGES, "nvidia-x11", counter);
  const comedi = flaw === null ? `comedi | 0.7.76-${kernel} | 2480 | linux-rt` : "";
  return recipes(`
    linux-rt | ${kernel} | 12840
    linux-rt@dev | ${kernel} | 98200 | linux-rt
    linux-rt@modules | ${kernel} | 118600 | linux-rt
    nvidia-x11#module | ${userland}-${kernel} | 61200 | linux-rt
    spcm4 | 4.22.1-${kernel} | 620 | linux-rt | FM-30 FM-H1 FS-10
    ${comedi}
    kernel-modules | | 8 | linux-rt@modules nvidia-x11#module ${flaw === null ? "comedi" : ""}
    initrd | | 24600 | linux-rt kmod systemd kernel-modules
  `);
}

type Built = { infos: Map<string, PathInfo>; at: (part: string) => StorePath };

function buildAll(parts: readonly Recipe[], order: Order, publishedAtMs: number): Built {
  const wanted = new Map(parts.map((part) => [part.name, part]));
  const infos = new Map<string, PathInfo>();
  const nixos = versionIn(NIXOS, order.counter);
  const at = (name: string): StorePath => infos.get(name)?.path ?? made(name);
  const made = (name: string): StorePath => {
    const part = wanted.get(name);
    if (part === undefined) throw new Error(`${order.model}: nothing builds ${name}`);
    const references = part.needs.map(at);
    const version = versionAt(part, order.counter);
    const path = storePathFor(storeName(name, version, order, publishedAtMs), [nixos, ...references]);
    infos.set(name, { path, narHash: narHashFor(path), narSize: narSizeFor(path, part.kib), references });
    return path;
  };
  for (const name of wanted.keys()) at(name);
  return { infos, at };
}

function storeName(part: string, version: string, order: Order, publishedAtMs: number): string {
  if (part === "toplevel") return toplevelName(order, publishedAtMs);
  if (part === "initrd") return `initrd-linux-rt-${versionIn(KERNEL, order.counter)}`;
  const [bare = part, output] = part.replace(/#module$/, "").split("@");
  return [bare, version, output].filter((one) => one !== undefined && one !== "").join("-");
}

function toplevelName({ model, counter, name }: Order, publishedAtMs: number): string {
  const day = new Date(publishedAtMs).toISOString().slice(0, 10).replaceAll("-", "");
  const revision = sha256(`nixpkgs ${name}`).slice(0, 7);
  return `nixos-system-${model.toLowerCase().replace("-", "")}-${versionIn(NIXOS, counter)}.${day}.${revision}`;
}

function bootOf(counter: number, at: (part: string) => StorePath): ClosureBoot {
  const kernelParams = [
    "isolcpus=managed_irq,domain,2-5",
    "nohz_full=2-5",
    "rcu_nocbs=2-5",
    ...(counter >= 4 ? ["skew_tick=1"] : []),
    ...(counter >= 6 ? ["intel_idle.max_cstate=1"] : ["processor.max_cstate=1"]),
    "nvidia-drm.modeset=1",
    "loglevel=4",
  ];
  return {
    kernelParams,
    kernel: `${at("linux-rt")}/bzImage`,
    initrd: `${at("initrd")}/initrd`,
    systemd: at("systemd"),
  };
}

function packagesOf(paths: readonly { path: string }[]): Record<string, string> {
  const named = paths.map(({ path }) => parsePackageName(storePathParts(path).name));
  return Object.fromEntries(named.flatMap(({ name, version }) => (version === "" ? [] : [[name, version]])));
}

function versionOf(parts: readonly Recipe[], name: string, counter: number): string {
  const part = parts.find((one) => one.name === name);
  return part === undefined ? "" : versionAt(part, counter);
}

function versionIn(versions: Recipe["versions"], counter: number): string {
  return versionAt({ versions }, counter);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
