import { join, posix } from "node:path";
import { parseModuleDep, parseModules } from "#agent/collect/module-names.ts";
import { MODULE_INDEX_FILE, type ModuleIndex, moduleIndexSchema } from "#agent/facts/facts-file.ts";
import type { ModuleRead } from "#agent/facts/module-file.ts";
import { type FactsHost, writeFact } from "#agent/facts/observe.ts";
import { durableWrite, readKept } from "#agent/link/durable.ts";
import type { System } from "#agent/system.ts";
import { liesInStore } from "#core/closure/store-path.ts";

/** As many as the modules that may be loaded, in two trees. */
const MOST_FILES = 1200;
const MAX_DEP_BYTES = 16 * 1024 * 1024;
/** Between two of these a scan may begin. */
const BATCH = 8;

/** `busy`: a scan came between; what is not read yet will be another time. */
export type Indexed = { index: ModuleIndex; read: number; busy: string | null };

/**
 * SEE-4. Writes what the module files of the booted and the running tree are, for the modules that are loaded: they are compressed and
 * large, so this is root's once for each file and not the agent's. A store path never changes, so a file that is known is not read
 * again, and a tree that shares it with another costs nothing.
 * @param readFile reads one module file, by its path on this host
 */
export async function indexModules(
  host: FactsHost,
  readFile: (path: string) => Promise<ModuleRead>,
): Promise<Indexed> {
  const kept = await readKept(join(host.stateDir, KEPT), moduleIndexSchema);
  const known = new Map(kept.state === "kept" ? kept.value.files.map((one) => [one.path, one]) : []);
  const files: ModuleIndex["files"] = [];
  let read = 0;
  let busy: string | null = null;
  for (const path of await filesOfLoaded(host)) {
    const before = known.get(path);
    if (before !== undefined && before.problem === null && liesInStore(path)) {
      files.push(before);
      continue;
    }
    if (read % BATCH === 0 && busy === null) {
      const quiet = await host.quiet();
      if (quiet.busy) busy = quiet.why;
    }
    if (busy !== null) continue;
    files.push(entry(path, await readFile(path)));
    read += 1;
  }
  const index = { schema: "fiducial.modules/1", writtenAtMs: host.system.nowMs(), files } as const;
  await durableWrite(join(host.stateDir, KEPT), JSON.stringify(index));
  await writeFact(host.runDir, MODULE_INDEX_FILE, index);
  return { index, read, busy };
}

const KEPT = "modules.json";

function entry(path: string, read: ModuleRead): ModuleIndex["files"][number] {
  if (!read.ok) return { path, buildId: null, srcversion: null, problem: read.why.slice(0, 64) };
  const { buildId, srcversion } = read.identity;
  return { path, buildId, srcversion: srcversion?.slice(0, 64) ?? null, problem: null };
}

/** Where the loaded modules lie in both trees, every link followed: two trees may share a file. */
async function filesOfLoaded(host: FactsHost): Promise<string[]> {
  const modules = await host.system.readText("/proc/modules");
  const loaded = new Set(modules.ok ? parseModules(modules.value).map(({ name }) => name) : []);
  const found = new Set<string>();
  for (const link of ["booted-system", "current-system"]) {
    const trees = `${host.links}/${link}/kernel-modules/lib/modules`;
    const releases = await host.system.list(trees);
    for (const release of releases.ok ? releases.value : [])
      for (const file of await filesIn(host.system, posix.join(trees, release), loaded)) found.add(file);
  }
  return [...found].slice(0, MOST_FILES);
}

async function filesIn(system: System, folder: string, loaded: ReadonlySet<string>): Promise<string[]> {
  const dep = await system.readText(posix.join(folder, "modules.dep"), MAX_DEP_BYTES);
  const found: string[] = [];
  for (const { name, path } of dep.ok ? parseModuleDep(dep.value) : []) {
    if (!loaded.has(name)) continue;
    const file = await system.resolve(posix.resolve(folder, path));
    if (file.ok && file.value.length <= 512) found.push(file.value);
  }
  return found;
}
