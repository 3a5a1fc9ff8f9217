import type { ReleaseId } from "#core/identity/identity.ts";
import { type Manifest, manifestSchema } from "#core/manifest/item.ts";
import type { KnownRelease } from "#core/manifest/released.ts";
import type { Tx } from "#server/database/scoped.ts";
import type { ReleaseRow } from "#server/report/reads-store.ts";
import { manifestsOf } from "#server/report/store.ts";

/** Null: the stored manifest is not one this program understands, so it describes nothing. */
type Manifests = ReadonlyMap<string, Manifest | null>;

const MOST_MANIFESTS = 500;
const kept = new Map<string, Manifest | null>();

/** A release never changes once it is stored, and every report of every scanner that runs it asks: read and understood once, kept by id. */
export async function readManifests(tx: Tx, releases: readonly ReleaseRow[]): Promise<Manifests> {
  const ids = [...new Set(releases.map(({ id }) => id))];
  const missing = ids.filter((id) => !kept.has(id));
  const read = missing.length === 0 ? [] : await manifestsOf(tx, missing);
  const understood = new Map(read.map(({ id, manifest }) => [id, manifestOf(manifest)]));
  const all = new Map(ids.map((id) => [id, understood.get(id) ?? kept.get(id) ?? null]));
  for (const [id, manifest] of understood) keep(id, manifest);
  return all;
}

export function knownReleases(
  rows: readonly ReleaseRow[],
  manifests: Manifests,
  scannerId: string,
): KnownRelease[] {
  return rows.flatMap((row) => {
    const manifest = manifests.get(row.id) ?? null;
    if (manifest === null) return [];
    return {
      releaseId: row.id as ReleaseId,
      toplevel: row.toplevel,
      counter: row.counter,
      origin: row.origin === "signed" ? "signed" : "observed",
      own: row.observedOnId === scannerId,
      createdAtMs: new Date(row.createdAt).getTime(),
      manifest,
    };
  });
}

function manifestOf(stored: unknown): Manifest | null {
  const parsed = manifestSchema.safeParse(stored);
  return parsed.success ? parsed.data : null;
}

function keep(id: string, manifest: Manifest | null): void {
  const oldest = kept.size >= MOST_MANIFESTS ? kept.keys().next() : undefined;
  if (oldest !== undefined && oldest.done !== true) kept.delete(oldest.value);
  kept.set(id, manifest);
}
