import type { ReleaseId } from "#core/identity/identity.ts";
import { manifestSchema } from "#core/manifest/item.ts";
import type { KnownRelease } from "#core/manifest/released.ts";
import { manifestFor } from "#demo/model/manifest.ts";
import { MODEL_NAMES, type ModelName } from "#demo/model/model.ts";
import type { FleetPlan } from "#demo/plan/plan.ts";
import { planId } from "#demo/plan/plan-id.ts";
import type { DemoRelease } from "#demo/release/release.ts";
import type { Known } from "#demo/seed/ledger.ts";

/** A release of the plan as the server stores it. */
type SeededRelease = KnownRelease & { release: DemoRelease };

export type SeededReleases = {
  all: readonly SeededRelease[];
  /** Of a model, by toplevel and by name. */
  byToplevel: (model: ModelName) => Known;
  named: (model: ModelName, name: string) => SeededRelease;
};

export function seededReleases(plan: FleetPlan): SeededReleases {
  const all = MODEL_NAMES.flatMap((model) =>
    plan.releases[model].map(
      (release): SeededRelease => ({
        release,
        releaseId: planId(plan.seed, `release ${model} ${release.name}`, release.publishedAtMs) as ReleaseId,
        toplevel: release.toplevel,
        counter: release.counter,
        origin: "signed",
        own: false,
        createdAtMs: release.publishedAtMs,
        manifest: manifestSchema.parse(manifestFor(release)),
      }),
    ),
  );
  const known = new Map(
    MODEL_NAMES.map((model) => [
      model,
      new Map(
        all.flatMap((one) => (one.release.model === model ? [[one.release.toplevel as string, one]] : [])),
      ),
    ]),
  );
  return {
    all,
    byToplevel: (model) => known.get(model) ?? new Map(),
    named: (model, name) => {
      const found = all.find(({ release }) => release.model === model && release.name === name);
      if (found === undefined) throw new Error(`${model} has no release ${name}`);
      return found;
    },
  };
}
