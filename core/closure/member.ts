import { kernelVersion } from "#core/closure/boot.ts";
import type { Listing } from "#core/closure/listing.ts";
import { parsePackageName } from "#core/closure/package-name.ts";
import { storePathParts } from "#core/closure/store-path.ts";

/** One path of a closure, with what people call it and where it is listed. */
export type ClosureMember = {
  section: "package" | "module" | "configuration" | "unit";
  /** Package name, unit name (`sshd.service`), or the whole store name of generated configuration. */
  name: string;
  /** "" outside packages and modules. */
  version: string;
  /** "out" when the name does not say. */
  output: string;
  path: string;
  narHash: string;
  narSize: number;
  /** Positions, as in the path list. */
  references: readonly number[];
};

/**
 * Outputs of nixpkgs packages whose names end in them (`openssl-3.0.13-dev`). A closed list, because a suffix cannot be told from
 * a part of the version (`2.0-unstable`): what is not on it stays in the version, so nothing is merged that may differ.
 */
const OUTPUTS = new Set(
  `bin cli client data debug dev devdoc devman dist dnsutils doc docs examples getent host info lib lib32 lib64 libgcc login
  locales man modules mount nc out pam py python runtime scripts server static sub swap terminfo tests tools`.split(
    /\s+/,
  ),
);

const UNIT =
  /^unit-(.+\.(?:service|socket|timer|target|mount|automount|path|slice|swap|scope|device))(?:-disabled)?$/;
const UNIT_SCRIPT = /^unit-script-(.+)-(?:pre-start|post-start|start|reload|pre-stop|post-stop|stop)$/;

export function membersOf(listing: Listing): ClosureMember[] {
  const kernel = kernelVersion(listing);
  return listing.paths.map(({ path, narHash, narSize, references }) => {
    const { name } = storePathParts(path);
    return { ...classify(name, kernel), path, narHash, narSize, references };
  });
}

type Classified = Pick<ClosureMember, "section" | "name" | "version" | "output">;

/** nixpkgs calls a unit's derivation `unit-<name>` with `@` and `:` as `-`, and a kernel module `<name>-<version>-<kernel version>`. */
function classify(storeName: string, kernel: string | null): Classified {
  const unit = UNIT.exec(storeName)?.[1];
  if (unit !== undefined) return { section: "unit", name: unit, version: "", output: "out" };
  const script = UNIT_SCRIPT.exec(storeName)?.[1];
  if (script !== undefined) return { section: "unit", name: `${script}.service`, version: "", output: "out" };
  const parsed = parsePackageName(storeName);
  if (parsed.version === "") return { section: "configuration", ...parsed, output: "out" };
  const { version, output } = splitOutput(parsed.version);
  if (kernel !== null && version.endsWith(`-${kernel}`))
    return { section: "module", name: parsed.name, version: version.slice(0, -kernel.length - 1), output };
  return { section: "package", name: parsed.name, version, output };
}

/** The version without the name of an output at its end ("3.0.13-dev"), and that output; "out" when it names none. */
export function splitOutput(version: string): { version: string; output: string } {
  const dash = version.lastIndexOf("-");
  const suffix = version.slice(dash + 1);
  if (dash <= 0 || !OUTPUTS.has(suffix)) return { version, output: "out" };
  return { version: version.slice(0, dash), output: suffix };
}
