import { createHash } from "node:crypto";
import { join } from "node:path";
import type * as z from "zod";
import { readBootMetadata } from "#agent/facts/boot-metadata.ts";
import { askClosure, type Nix } from "#agent/facts/nix.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { closureDigestText } from "#core/closure/digest.ts";
import { closurePathList } from "#core/closure/path-list.ts";
import { type StorePath, storePathParts } from "#core/closure/store-path.ts";
import type { ClosureBoot, ClosurePath } from "#core/closure/upload.ts";
import { type Item, type Manifest, manifestSchema } from "#core/manifest/item.ts";
import {
  type Audience,
  type Compatibility,
  compatibilitySchema,
  type HealthContract,
  healthContractSchema,
} from "#core/release/release.ts";
import { parseJsonFile, readIfThere, readNeeded } from "./station.ts";
import { StationError } from "./station-error.ts";

/** What somebody asks to release: where it is, for whom, and files that replace those of the build. */
export type WantedSystem = {
  name: string | null;
  toplevel: StorePath;
  for: readonly Audience[];
  expected: string | null;
  health: string | null;
  compatibility: string | null;
};

/** A system as it goes into a release. */
export type ReadSystem = {
  name: string;
  toplevel: StorePath;
  closureDigest: string;
  paths: ClosurePath[];
  boot: ClosureBoot | null;
  for: Audience[];
  expected: Manifest;
  health: HealthContract;
  compatibility: Compatibility;
  /** What was assumed because nothing said otherwise: to be read before signing. */
  assumed: string[];
};

/** Reads the closure out of Nix, and what the build says beside it in `<toplevel>/fiducial/`. */
export async function readSystem(nix: Nix, wanted: WantedSystem): Promise<ReadSystem> {
  const { toplevel } = wanted;
  const paths = await readClosure(nix, toplevel);
  const closureDigest = createHash("sha256").update(closureDigestText(paths)).digest("hex");
  const assumed: string[] = [];
  const beside = <S extends z.ZodType>(name: string, given: string | null, schema: S) =>
    readBeside(join(toplevel, "fiducial", `${name}.json`), given, schema);
  const expected = await beside("expected", wanted.expected, manifestSchema);
  if (expected === null)
    assumed.push(
      "no expected state: this release expects of a scanner only that it runs exactly this closure",
    );
  const health = await beside("health", wanted.health, healthContractSchema);
  if (health === null)
    assumed.push("no health contract: healthy means that the safety daemon is, and the default times hold");
  const compatibility = await beside("compatibility", wanted.compatibility, compatibilitySchema);
  if (compatibility === null) assumed.push("no firmware or calibration is named: it fits any");
  return {
    name: wanted.name ?? nameOf(toplevel),
    toplevel,
    closureDigest,
    paths,
    boot: await readBootMetadata(linuxSystem(), toplevel),
    for: [...wanted.for],
    expected: ofThis(expected ?? ITSELF, toplevel, closureDigest),
    health: health ?? healthContractSchema.parse(DEFAULT_HEALTH),
    compatibility: compatibility ?? { firmware: [], calibration: [] },
    assumed,
  };
}

const ITSELF: Manifest = { schema: "fiducial.expected/1", toplevel: null, closureDigest: null, items: [] };
const DEFAULT_HEALTH = { budgets: {}, safety: "required", unitsActive: [], modulesLoaded: [] };

async function readClosure(nix: Nix, toplevel: StorePath): Promise<ClosurePath[]> {
  const infos = await askClosure(linuxSystem(), nix, toplevel);
  if (!infos.ok) {
    const said = Object.values(infos.reason.params ?? {}).join(" ");
    throw new StationError(
      "unreachable",
      `Nix does not know the whole closure of ${toplevel} (${infos.reason.code}): ${said}`,
    );
  }
  const list = closurePathList(toplevel, infos.value);
  if (list.ok) return list.paths;
  throw new StationError(
    "refused",
    `The closure of ${toplevel} is not whole: ${JSON.stringify(list.problem)}.`,
  );
}

async function readBeside<S extends z.ZodType>(
  path: string,
  given: string | null,
  schema: S,
): Promise<z.infer<S> | null> {
  const bytes = given === null ? await readIfThere(path) : await readNeeded(given, "file");
  return bytes === null ? null : parseJsonFile(given ?? path, bytes, schema);
}

/** `nixos-system-nova-24.11` is called "nova": the host name, as `system.name` has it. */
function nameOf(toplevel: StorePath): string {
  const { name } = storePathParts(toplevel);
  return /^nixos-system-(.+)-[0-9][^-]*$/.exec(name)?.[1] ?? name.slice(0, 64);
}

/** A build cannot know its own path and digest, so they are put in here; one that names another system describes another system. */
function ofThis(expected: Manifest, toplevel: StorePath, closureDigest: string): Manifest {
  if (expected.toplevel !== null && expected.toplevel !== toplevel)
    throw new StationError(
      "refused",
      `The expected state is that of ${expected.toplevel}, not of ${toplevel}.`,
    );
  const has = (kind: string) => expected.items.some((one) => one.kind === kind);
  const own: Item[] = [
    ...(has("closure") ? [] : [itself("closure.running", "closure", { which: "running" }, toplevel)]),
    ...(has("closure-digest")
      ? []
      : [itself("closure.digest", "closure-digest", { which: "running" }, closureDigest)]),
  ];
  return { ...expected, toplevel, closureDigest, items: [...own, ...expected.items] };
}

function itself(id: string, kind: string, args: Item["args"], want: string): Item {
  return { id, kind, args, class: "config", expect: { op: "eq", want }, while: "always" };
}
