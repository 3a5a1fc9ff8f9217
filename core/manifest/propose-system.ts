import { type Draft, draft, idPart, note } from "#core/manifest/draft.ts";
import { closureOf, runningOf } from "#core/manifest/released.ts";
import type { Facts } from "#core/report/report.ts";

/** The closures, the kernel and its modules (SEE-1, SEE-2, SEE-4). A host without NixOS has no closures, and the rest still holds. */
export function proposeSystem(facts: Facts): Draft[] {
  return [...closures(facts), ...digest(facts), ...kernel(facts), ...modules(facts)];
}

function closures(facts: Facts): Draft[] {
  const running = runningOf(facts);
  if (!("toplevel" in running)) return [];
  const { toplevel } = running;
  const booted = closureOf(facts, "booted");
  const same = "toplevel" in booted && booted.toplevel === toplevel;
  return (["running", "booted"] as const).flatMap((which) =>
    draft(
      {
        id: `closure.${which}`,
        kind: "closure",
        args: { which },
        class: "config",
        expect: { op: "eq", want: toplevel },
      },
      which === "booted" && !same ? note("reboot-pending-now") : null,
    ),
  );
}

function digest(facts: Facts): Draft[] {
  const running = runningOf(facts);
  if (!("toplevel" in running) || facts.closureDigests?.state !== "observed") return [];
  const found = facts.closureDigests.value.find((one) => one.toplevel === running.toplevel);
  if (found === undefined) return [];
  return draft({
    id: "closure.digest",
    kind: "closure-digest",
    args: { which: "running" },
    class: "config",
    expect: { op: "eq", want: found.digest },
  });
}

/** Parameters that name the boot itself change with every generation and say nothing that the closure does not. */
const PER_BOOT = new Set(["init", "BOOT_IMAGE", "initrd", "root", "resume", "systemConfig"]);

function kernel(facts: Facts): Draft[] {
  if (facts.kernel?.state !== "observed") return [];
  const { release, realtime, parameters } = facts.kernel.value;
  // A parameter that is given twice counts as its last one, as it does for the kernel.
  const given = new Map(parameters.map(nameAndValue));
  return [
    ...draft({
      id: "kernel.release",
      kind: "kernel-release",
      class: "config",
      expect: { op: "eq", want: release },
    }),
    ...draft({
      id: "kernel.realtime",
      kind: "kernel-realtime",
      class: "config",
      expect: { op: "eq", want: realtime },
    }),
    ...[...given].flatMap(([name, value]) => parameter(name, value)),
  ];
}

function nameAndValue(parameter: string): [string, string | true] {
  const at = parameter.indexOf("=");
  return at < 0 ? [parameter, true] : [parameter.slice(0, at), parameter.slice(at + 1)];
}

function parameter(name: string, value: string | true): Draft[] {
  if (name === "" || PER_BOOT.has(name)) return [];
  return draft({
    id: `kernel.parameter.${idPart(name)}`,
    kind: "kernel-parameter",
    args: { name },
    class: "config",
    expect: { op: "eq", want: value },
  });
}

/** Drivers without which a scanner cannot scan or reconstruct: graphics, acquisition, digitisers (field-service.md §3.1). */
const FUNCTION_MODULE =
  /^(nvidia|amdgpu|nouveau|comedi|ni_|mite$|nikal|nipalk|nidimk|nimdbgk|nimxdfk|niorbk|spcm)/;

function modules(facts: Facts): Draft[] {
  if (facts.modules?.state !== "observed") return [];
  return facts.modules.value.loaded.flatMap(({ name }) =>
    draft({
      id: `module.${idPart(name)}`,
      kind: "module",
      args: { name, field: "loaded" },
      class: FUNCTION_MODULE.test(name) ? "function" : "config",
      expect: { op: "eq", want: true },
    }),
  );
}
