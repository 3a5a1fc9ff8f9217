import type { System } from "#agent/system.ts";
import { observed } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { parseModules } from "./module-names.ts";
import { buildIdOfLoaded, compareTrees, type Loaded } from "./module-trees.ts";
import type { Probe } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

const MAX_MODULES = 600;
/** Of one module, and of all of them: a module whose list would not fit reports none of it, for half a list says "absent" of the rest. */
const MAX_PARAMETERS_OF_ONE = 96;
const MAX_PARAMETERS = 400;
const MAX_VALUE = 64;
const REREAD_MS = 15 * 60_000;

type Module = FactValue<"modules">["loaded"][number];

/** SEE-4: loaded modules, and those that the booted and the running closure do not carry (module-trees.ts). */
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
    const { loaded, builds } = await memo("modules", fingerprint, () =>
      describe(system, lines.slice(0, MAX_MODULES)),
    );
    return observed({ loaded, ...(await compareTrees(source, builds)) });
  },
};

async function describe(
  system: System,
  lines: ReturnType<typeof parseModules>,
): Promise<{ loaded: Module[]; builds: Loaded[] }> {
  const found: { module: Module; buildId: string | null }[] = [];
  let left = MAX_PARAMETERS;
  // What does not come with the kernel is set up by hand more than anything else, so it is the last to be left out.
  for (const { name, taint } of lines.toSorted((a, b) => Number(a.taint === "") - Number(b.taint === ""))) {
    const version = await attribute(system, name, "version");
    const srcversion = await attribute(system, name, "srcversion");
    const buildId = await buildIdOfLoaded(system, name);
    const parameters = await parametersOf(system, name, Math.min(left, MAX_PARAMETERS_OF_ONE));
    left -= Object.keys(parameters ?? {}).length;
    const module = { name, taint, version, srcversion, ...(parameters === null ? {} : { parameters }) };
    found.push({ module, buildId });
  }
  found.sort((a, b) => (a.module.name < b.module.name ? -1 : 1));
  return {
    loaded: found.map(({ module }) => module),
    builds: found.map(({ module, buildId }) => ({ ...module, buildId })),
  };
}

/** sysfs(5): a file per parameter, closed to all but root where its module says so; null: not listed, or more than may be told. */
async function parametersOf(
  system: System,
  module: string,
  max: number,
): Promise<NonNullable<Module["parameters"]> | null> {
  const folder = `/sys/module/${module}/parameters`;
  const names = await system.list(folder);
  if (!names.ok) return names.problem === "missing" ? {} : null;
  if (names.value.length > max || names.value.some((name) => name.length > MAX_VALUE)) return null;
  const parameters: Record<string, string | null> = {};
  for (const name of names.value) {
    const text = await system.readText(`${folder}/${name}`, 4096);
    const value = text.ok ? text.value.trim() : null;
    parameters[name] = value !== null && value.length > MAX_VALUE ? null : value;
  }
  return parameters;
}

async function attribute(system: System, module: string, name: string): Promise<string | null> {
  const text = await system.readText(`/sys/module/${module}/${name}`, 4096);
  return text.ok ? text.value.trim().slice(0, 64) : null;
}
