import { afterRotation, writeFloors } from "#agent/trust/floors.ts";
import { nextRootName, takeKeptRoot, takeRoot } from "#agent/trust/root-chain.ts";
import { fetchIfThere, type Run, rootOf } from "#agent/trust/run.ts";
import { refused } from "#agent/trust/trust-stop.ts";
import { METADATA_LIMIT_BYTES, metadataName } from "#core/trust/layout.ts";

/** More new roots than this come with the next look; bounds what a server can make a scanner do at once. */
const MOST_NEW_ROOTS = 32;

/**
 * From the first root to the newest: those that are kept, then those that the repository has beyond them (TUF 1.0 §5.3). Only the
 * repository's own word that there is no further root ends the search.
 */
export async function followRoots(run: Run): Promise<void> {
  const { repository, store, shelf, nowMs, files, firstRoot } = run;
  files.set(metadataName("root", store.root.signed.version), firstRoot);
  await takeKeptRoots(run);
  for (let taken = 0; taken < MOST_NEW_ROOTS; taken += 1) {
    const name = nextRootName(store);
    const bytes = await fetchIfThere(run, "root", name, METADATA_LIMIT_BYTES.root);
    if (bytes === null) break;
    takeRoot(repository, store, bytes);
    await shelf.write(name, bytes);
    files.set(name, bytes);
  }
  await keepRootFloor(run);
  if (store.root.signed.isExpired(new Date(nowMs)))
    throw refused(repository, "root", "metadata-frozen", `root expired at ${store.root.signed.expires}`);
}

async function takeKeptRoots({ repository, store, shelf, files }: Run): Promise<void> {
  for (;;) {
    const name = nextRootName(store);
    const kept = await shelf.read(name);
    if (kept === null || !takeKeptRoot(repository, store, kept)) return;
    files.set(name, kept);
  }
}

async function keepRootFloor(run: Run): Promise<void> {
  const { repository, store, shelf } = run;
  const { version } = store.root.signed;
  const floor = run.floors.root ?? 0;
  if (version < floor)
    throw refused(repository, "root", "metadata-rolled-back", `root ${version}, was ${floor}`);
  const { floors, letGo } = afterRotation({ ...run.floors, root: version }, rootOf(run));
  // Metadata of keys that were replaced must not hold back what their successors sign (fast-forward recovery).
  if (letGo) for (const name of ["timestamp.json", "snapshot.json"]) await shelf.remove(name);
  if (JSON.stringify(floors) !== JSON.stringify(run.floors)) await writeFloors(shelf, floors);
  run.floors = floors;
}
