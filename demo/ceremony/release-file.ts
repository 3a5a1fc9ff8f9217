import { compareBytewise } from "#core/closure/digest.ts";
import { type Manifest, manifestSchema } from "#core/manifest/item.ts";
import {
  type HealthContract,
  RELEASE_SCHEMA,
  type Release,
  type ReleasePath,
  type ReleaseSystem,
} from "#core/release/release.ts";
import { manifestFor } from "#demo/model/manifest.ts";
import { MODEL_NAMES, MODELS, type ModelName } from "#demo/model/model.ts";
import type { FleetPlan } from "#demo/plan/plan.ts";
import { type DemoRelease, releaseAheadOf } from "#demo/release/release.ts";

/** How many of the newest releases are signed; the others are older than the ceremony, as in many a fleet. */
const SIGNED = 4;
/** No scanner may be sent below the oldest that is signed; said by the two newest. */
const FLOOR_FROM = 2;

/** Short enough for somebody who watches: nothing in the change machine is sped up, a release simply asks for less time. */
const BUDGETS = {
  downloadMs: 10 * 60_000,
  activateMs: 2 * 60_000,
  rebootMs: 2 * 60_000,
  probationMs: 90_000,
  safetyHealthyMs: 15_000,
} as const;

const WITHDRAWN = "The module of the acquisition cards is missing.";

/** A release as people sign it, and why they took it back; null: they did not. */
export type ReleaseToSign = { release: Release; withdrawn: string | null };

/** Name of a model's system in every release. */
export function systemNameOf(model: ModelName): string {
  return model.toLowerCase().replaceAll("-", "");
}

export function isSigned(plan: FleetPlan, { counter }: Pick<DemoRelease, "counter">): boolean {
  return counter > plan.releases["FM-25"].length - SIGNED;
}

/** The newest releases, oldest first, each with a system for every model. */
export function releasesToSign(plan: FleetPlan): ReleaseToSign[] {
  const signed = plan.releases["FM-25"].filter((one) => isSigned(plan, one));
  const [oldest] = signed;
  return signed.map(({ counter, flaw }, position) => {
    const builds = MODEL_NAMES.map((model) => buildOf(plan, model, counter));
    const floor = position >= FLOOR_FROM ? (oldest?.counter ?? 0) : 0;
    return { release: releaseOf(builds, floor), withdrawn: flaw === null ? null : WITHDRAWN };
  });
}

/** The one after the newest. With it the floor rises above the oldest that is signed. */
export function releaseAhead(plan: FleetPlan): ReleaseToSign {
  const [oldest] = plan.releases["FM-25"].filter((one) => isSigned(plan, one));
  const builds = MODEL_NAMES.map((model) => releaseAheadOf(model, plan.nowMs));
  return { release: releaseOf(builds, (oldest?.counter ?? 0) + 1), withdrawn: null };
}

function buildOf(plan: FleetPlan, model: ModelName, counter: number): DemoRelease {
  const found = plan.releases[model].find((one) => one.counter === counter);
  if (found === undefined) throw new Error(`${model} has no release with counter ${counter}`);
  return found;
}

function releaseOf(builds: readonly DemoRelease[], floor: number): Release {
  const [first] = builds;
  if (first === undefined) throw new Error("a release without a system");
  const shared = sharedPaths(builds);
  const at = new Map(shared.map(({ path }, position) => [path, position]));
  return {
    schema: RELEASE_SCHEMA,
    name: first.name,
    counter: first.counter,
    floor,
    createdAtMs: first.publishedAtMs,
    notes: notesOf(first),
    paths: shared,
    systems: builds.map((build) => systemOf(build, at)),
  };
}

/** Every path once, sorted, with positions in this list where each build has its own. */
function sharedPaths(builds: readonly DemoRelease[]): ReleasePath[] {
  const all = new Map(
    builds.flatMap(({ paths }) => paths.map((one) => [one.path as string, { one, paths }])),
  );
  const sorted = [...all.keys()].sort(compareBytewise);
  const at = new Map(sorted.map((path, position) => [path, position]));
  return [...all.values()]
    .map(({ one: { path, narHash, narSize, references }, paths }) => ({
      path,
      narHash,
      narSize,
      references: references
        .flatMap((position) => at.get(paths[position]?.path ?? "") ?? [])
        .sort((a, b) => a - b),
    }))
    .sort((a, b) => compareBytewise(a.path, b.path));
}

function systemOf(build: DemoRelease, at: ReadonlyMap<string, number>): ReleaseSystem {
  const { model, toplevel, digest, paths } = build;
  return {
    name: systemNameOf(model),
    toplevel,
    closureDigest: digest,
    paths: paths.flatMap(({ path }) => at.get(path) ?? []).sort((a, b) => a - b),
    for: [{ model, hardwareRevisions: null }],
    expected: expectedOf(build),
    health: healthOf(model),
    compatibility: { firmware: [], calibration: [] },
  };
}

function expectedOf(build: DemoRelease): Manifest {
  return manifestSchema.parse(manifestFor(build));
}

export function healthOf(model: ModelName): HealthContract {
  const { safety, units } = MODELS[model];
  const needed = units.filter(({ item, active }) => item !== null && active === "active");
  return {
    budgets: { ...BUDGETS },
    safety: safety === null ? "none" : "required",
    unitsActive: needed.map(({ name }) => name).filter((name) => name !== "fiducial-agent.service"),
    modulesLoaded: [],
  };
}

function notesOf({ flaw, kernelRelease, nvidiaVersion }: DemoRelease): string {
  const built = `Linux ${kernelRelease}, NVIDIA ${nvidiaVersion}.`;
  return flaw === null ? built : `${built}\nBuilt without the module of the acquisition cards.`;
}
