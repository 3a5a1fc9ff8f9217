import { posix } from "node:path";
import { buildIdOf } from "#agent/facts/elf-module.ts";
import { MODULE_INDEX_FILE, type ModuleIndex, moduleIndexSchema } from "#agent/facts/facts-file.ts";
import type { System } from "#agent/system.ts";
import { liesInStore } from "#core/closure/store-path.ts";
import { type Fact, observed, type Unknown } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { readFactsFile } from "./facts-program.ts";
import { treeRelease } from "./kernel.ts";
import { parseModuleDep } from "./module-names.ts";
import { isUnknown } from "./nix-profile.ts";
import type { Source } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

type Modules = FactValue<"modules">;
type Differs = Pick<Modules, "differsFromBootedTree" | "differsFromCurrentTree">;
/** A loaded module with what the kernel knows of its build. */
export type Loaded = { name: string; srcversion: string | null; buildId: string | null };
type Known = ModuleIndex["files"][number];

/** modules.dep of a full distribution kernel is 1 MB. */
const MAX_DEP_BYTES = 16 * 1024 * 1024;

/**
 * SEE-4, F01: which loaded modules are not the ones that a closure's tree carries. Three proofs, in this order: a tree that has no module
 * of the name, one and the same file in both trees, and the identity that fiducial-facts read from the file. The kernel was booted from
 * the booted tree and loads from there, so a name proves equality with that one unless a file proves otherwise; with another tree it
 * proves nothing.
 */
export async function compareTrees(source: Source, loaded: readonly Loaded[]): Promise<Differs> {
  const names = loaded.map(({ name }) => name);
  const booted = await readTree(source, "booted", names);
  const current = await readTree(source, "current", names);
  const index = await readIndex(source);
  return {
    differsFromBootedTree: isTree(booted) ? fromBooted(booted, loaded, index) : booted,
    differsFromCurrentTree: isTree(current)
      ? fromCurrent(isTree(booted) ? booted : null, current, { loaded, index })
      : current,
  };
}

/** Files of the loaded modules by name, every link followed; a tree for another kernel has none that could be loaded. */
type Tree = { files: ReadonlyMap<string, string> };
type Index = ReadonlyMap<string, Known>;

function isTree(value: Tree | Unknown): value is Tree {
  return "files" in value;
}

async function readTree(
  source: Source,
  which: "booted" | "current",
  names: readonly string[],
): Promise<Tree | Unknown> {
  const { system, memo } = source;
  const closure = `/run/${which}-system`;
  const release = await treeRelease(system, closure);
  if (isUnknown(release)) return release;
  const running = await system.readText("/proc/sys/kernel/osrelease", 4096);
  if (!running.ok) return reasonOf(running, "/proc/sys/kernel/osrelease");
  if (release.value !== running.value.trim()) return { files: new Map() };
  const folder = await system.resolve(`${closure}/kernel-modules/lib/modules/${release.value}`);
  if (!folder.ok) return reasonOf(folder, closure);
  // A store path never changes, so its path is its fingerprint; a failed reading must not be kept.
  return memo(`module tree ${which}`, `${folder.value} ${names.join(" ")}`, () =>
    filesIn(system, folder.value, new Set(names)),
  );
}

async function filesIn(system: System, folder: string, wanted: ReadonlySet<string>): Promise<Tree | Unknown> {
  const dep = posix.join(folder, "modules.dep");
  const text = await system.readText(dep, MAX_DEP_BYTES);
  if (!text.ok) return reasonOf(text, dep);
  const files = new Map<string, string>();
  for (const { name, path } of parseModuleDep(text.value)) {
    if (!wanted.has(name)) continue;
    const file = await system.resolve(posix.resolve(folder, path));
    // The list names it, so the tree carries it; where it lies is not known then, and nothing can be proved of it.
    files.set(name, file.ok ? file.value : posix.resolve(folder, path));
  }
  return { files };
}

/** What fiducial-facts read, parsed when it is new; without its file every comparison that needs it is unknown. */
async function readIndex(source: Source): Promise<Index> {
  const info = await source.system.info(posix.join(source.options.runDir, MODULE_INDEX_FILE));
  if (!info.ok) return new Map();
  const { changedMs, modifiedMs, size } = info.value;
  const index = await source.memo("module index", `${changedMs} ${modifiedMs} ${size}`, async () => {
    const file = await readFactsFile(source, MODULE_INDEX_FILE, moduleIndexSchema);
    return isUnknown(file) ? file : new Map(file.value.files.map((one) => [one.path, one]));
  });
  return index instanceof Map ? index : new Map();
}

function fromBooted(tree: Tree, loaded: readonly Loaded[], index: Index): Fact<string[]> {
  return namesOf(
    loaded.filter((one) => {
      const file = tree.files.get(one.name);
      return file === undefined || same(one, index.get(file)) === false;
    }),
  );
}

function namesOf(loaded: readonly Loaded[]): Fact<string[]> {
  return observed(loaded.map(({ name }) => name));
}

/** By build id where both have one, else by source version; null: nothing that both have. */
function same(loaded: Loaded, file: Known | undefined): boolean | null {
  if (file === undefined) return null;
  if (loaded.buildId !== null && file.buildId !== null) return loaded.buildId === file.buildId;
  if (loaded.srcversion !== null && file.srcversion !== null) return loaded.srcversion === file.srcversion;
  return null;
}

type Evidence = { loaded: readonly Loaded[]; index: Index };

function fromCurrent(booted: Tree | null, current: Tree, { loaded, index }: Evidence): Fact<string[]> {
  const differing: Loaded[] = [];
  const unproved: Loaded[] = [];
  for (const one of loaded) {
    const file = current.files.get(one.name);
    const proof = file === undefined ? false : proved(one, file, { booted, index });
    if (proof === false) differing.push(one);
    if (proof === null) unproved.push(one);
  }
  const [first] = unproved;
  // One that differs for certain is the answer already; that others could not be compared takes nothing from it.
  if (first === undefined || differing.length > 0) return namesOf(differing);
  return notKnown("module-files-not-compared", { count: unproved.length, module: first.name });
}

function proved(
  one: Loaded,
  file: string,
  { booted, index }: { booted: Tree | null; index: Index },
): boolean | null {
  const bySelf = same(one, index.get(file));
  if (bySelf !== null) return bySelf;
  const loadedFrom = booted?.files.get(one.name);
  return loadedFrom === file && liesInStore(file) ? true : null;
}

/** The id that the kernel keeps of a loaded module (sysfs, notes); null: this kernel keeps none. */
export async function buildIdOfLoaded(system: System, module: string): Promise<string | null> {
  const path = `/sys/module/${module}/notes/.note.gnu.build-id`;
  const note = await system.readText(path, 4096, "latin1");
  return note.ok ? buildIdOf(Buffer.from(note.value, "latin1")) : null;
}
