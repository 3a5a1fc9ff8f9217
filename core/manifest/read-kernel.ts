import type { Reading } from "#core/finding/finding.ts";
import { ABSENT, inFact, known, knownOrAbsent } from "#core/manifest/reading.ts";
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

/** SEE-4: a module that is not loaded is absent, whatever is asked of it; a version may be absent from a loaded one. */
export function readModule(
  facts: Facts,
  { name, field }: { name: string; field: (typeof MODULE_FIELDS)[number] },
): Reading {
  return inFact(facts, "modules", (modules) => {
    // modprobe takes "-" and "_" as the same letter (modprobe(8)); the kernel lists "_".
    const wanted = name.replaceAll("-", "_");
    const module = modules.loaded.find((one) => one.name.replaceAll("-", "_") === wanted);
    if (module === undefined) return ABSENT;
    return field === "loaded" ? known(true) : knownOrAbsent(module[field]);
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
