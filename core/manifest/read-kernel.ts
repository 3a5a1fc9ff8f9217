import type { Reading } from "#core/finding/finding.ts";
import { byName } from "#core/manifest/lookup.ts";
import { ABSENT, inFact, known, knownOrAbsent, NOT_REPORTED, unseen } from "#core/manifest/reading.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

export const MODULE_FIELDS = ["loaded", "version", "srcversion"] as const;

export function readKernelRelease(facts: Facts): Reading {
  return inFact(facts, "kernel", (kernel) => known(kernel.release));
}

/** `name=value` gives the value, a bare `name` gives true; the last one wins, as it does for the kernel. */
export function readKernelParameter(facts: Facts, { name }: { name: string }): Reading {
  return inFact(facts, "kernel", (kernel) => {
    const given = kernel.parameters.findLast((one) => one === name || one.startsWith(`${name}=`));
    if (given === undefined) return ABSENT;
    return given === name ? known(true) : known(given.slice(name.length + 1));
  });
}

export function readKernelRealtime(facts: Facts): Reading {
  return inFact(facts, "kernel", (kernel) => known(kernel.realtime));
}

/** The taint bits as a number (kernel documentation, "Tainted kernels"). */
export function readKernelTaint(facts: Facts): Reading {
  return inFact(facts, "kernel", (kernel) => known(kernel.tainted));
}

/** modprobe takes "-" and "_" as the same letter (modprobe(8)); the kernel lists "_". */
const asListed = (name: string) => name.replaceAll("-", "_");
const moduleNamed = byName<FactValue<"modules">["loaded"][number]>(({ name }) => asListed(name));

/** SEE-4: a module that is not loaded is absent, whatever is asked of it; a version may be absent from a loaded one. */
export function readModule(
  facts: Facts,
  { name, field }: { name: string; field: (typeof MODULE_FIELDS)[number] },
): Reading {
  return inFact(facts, "modules", (modules) => {
    const module = moduleNamed(modules.loaded, asListed(name));
    if (module === undefined) return ABSENT;
    return field === "loaded" ? known(true) : knownOrAbsent(module[field]);
  });
}

/** SEE-4: the value as the kernel writes it (`Y`, `0`, a word); a module that takes no such parameter has none. */
export function readModuleParameter(facts: Facts, args: { module: string; name: string }): Reading {
  return inFact(facts, "modules", (modules) => {
    const module = moduleNamed(modules.loaded, asListed(args.module));
    if (module === undefined) return ABSENT;
    if (module.parameters === undefined) return NOT_REPORTED;
    const name = asListed(args.name);
    if (!Object.hasOwn(module.parameters, name)) return ABSENT;
    const value = module.parameters[name] ?? null;
    return value === null ? unseen("parameter-not-read", { name }) : known(value);
  });
}

/** SEE-4, F01: does every loaded module equal the file in that closure's tree? */
export function readModulesMatch(facts: Facts, { tree }: { tree: "booted" | "current" }): Reading {
  return inFact(facts, "modules", (modules) => {
    const differs = tree === "booted" ? modules.differsFromBootedTree : modules.differsFromCurrentTree;
    if (differs.state === "unknown") return { state: "unknown", reason: differs.reason };
    return known(differs.value.length === 0);
  });
}
