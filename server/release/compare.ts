import { diffReleases } from "#core/release/diff.ts";
import { effectOf } from "#core/release/effect.ts";
import type { Release } from "#core/release/release.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import { type ReleaseFiles, systemsOf } from "./service.ts";
import type { ReleaseComparison } from "./view.ts";

/** What a release changes against another one, from the two files as people signed them (SIG-5). `against` null: against nothing. */
export async function compareWith(
  tx: Tx,
  ask: { name: string; against: string | null },
  files: ReleaseFiles,
): Promise<ReleaseComparison> {
  const to = await fileOf(tx, ask.name, files);
  const from = ask.against === null ? null : await fileOf(tx, ask.against, files);
  const diff = diffReleases(from, to);
  return { ...diff, effects: diff.systems.map((one) => ({ system: one.name, effect: effectOf(one) })) };
}

async function fileOf(tx: Tx, name: string, files: ReleaseFiles): Promise<Release> {
  const [first] = await systemsOf(tx, name);
  const release = await files.release(first);
  if (release === null) throw new Refusal("release-unknown");
  return release;
}
