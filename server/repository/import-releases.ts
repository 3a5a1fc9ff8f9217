import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Manifest } from "#core/manifest/item.ts";
import { holdersOf } from "#core/release/holders.ts";
import { systemListing } from "#core/release/listing.ts";
import { type Release, type ReleaseSystem, releaseTargetCustomSchema } from "#core/release/release.ts";
import type { Act } from "#server/act.ts";
import { storeReleasedClosure } from "#server/closure/service.ts";
import type { Log } from "#server/log.ts";
import { contentOf } from "#server/release/content.ts";
import { reconcludeAll } from "#server/report/reconclude.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";
import type { Published, PublishedSet } from "./published.ts";
import { listedNames } from "./release-cache.ts";
import * as store from "./store.ts";

/** One act over all sites; rolled back when it leaves no audit row. */
export type ActHere = <T>(work: (act: Act) => Promise<T>) => Promise<T>;
export type ImportPorts = {
  published: Published;
  read: <T>(look: (tx: Act["tx"]) => Promise<T>) => Promise<T>;
  act: ActHere;
  log: Log;
};

/** Compared again in one statement. */
const SLICE = 100;

/**
 * Brings what scanners see into the database: a row for each system, its paths as a closure, its expected state as what scanners that
 * run it are compared with. What is stored already is left alone, so it may be called at any time.
 */
export async function importReleases(ports: ImportPorts): Promise<void> {
  const set = ports.published.current();
  if (set === null) return;
  const before = await ports.read(async (tx) => ({
    organisationId: await store.organisationId(tx),
    stored: new Map((await store.storedReleases(tx)).map((row) => [row.name, row])),
  }));
  const { organisationId, stored } = before;
  if (organisationId === null) return ports.log.warn("repository.not-stored", { why: "no organisation yet" });
  for (const name of listedNames(set.targets)) {
    const listed = listedAs(set, name);
    const known = stored.get(name);
    if (known === undefined) await importRelease(ports, { set, name, organisationId });
    else if (known.withdrawn !== listed.withdrawn) await changeWithdrawn(ports, name, listed.withdrawn);
  }
}

function listedAs(set: PublishedSet, name: string) {
  return releaseTargetCustomSchema.parse(set.targets.targets[`releases/${name}/release.json`]?.custom);
}

type Importing = { set: PublishedSet; name: string; organisationId: string };

async function importRelease(ports: ImportPorts, { set, name, organisationId }: Importing): Promise<void> {
  const release = await ports.published.release(name);
  // It verified when the list was published; a file that went since is somebody's accident.
  if (release === null) return ports.log.error("repository.release-missing", { name });
  for (const system of release.systems) await storeClosure(ports, release, system, organisationId);
  await ports.act(async (act) => {
    await store.insertSystems(
      act.tx,
      release.systems.map((system) => rowOf(set, release, system, organisationId)),
    );
    const { counter, floor, systems } = release;
    const body = { release: name, counter, floor, systems: systems.map((one) => one.name) };
    await act.audit({ siteId: null, action: "release.published", body });
    act.listChanged("release", null);
    await compareAgain(
      act,
      systems.map(({ toplevel }) => toplevel),
    );
  });
}

async function changeWithdrawn(ports: ImportPorts, name: string, withdrawn: string | null): Promise<void> {
  await ports.act(async (act) => {
    await store.setWithdrawn(act.tx, name, withdrawn);
    await act.audit({ siteId: null, action: "release.withdrawn", body: { release: name, withdrawn } });
    act.listChanged("release", null);
  });
}

/** In a transaction of its own: forty thousand paths are more than one that holds locks should carry. */
async function storeClosure(
  ports: ImportPorts,
  release: Release,
  system: ReleaseSystem,
  organisationId: string,
): Promise<void> {
  const { paths } = systemListing(release, system);
  await ports.read((tx) =>
    storeReleasedClosure(tx, organisationId, {
      digest: system.closureDigest,
      toplevel: system.toplevel,
      paths,
    }),
  );
}

function rowOf(
  set: PublishedSet,
  release: Release,
  system: ReleaseSystem,
  organisationId: string,
): store.SignedRow {
  const path = `releases/${release.name}/release.json`;
  const target = set.targets.targets[path];
  const manifest: Manifest = {
    ...system.expected,
    toplevel: system.toplevel,
    closureDigest: system.closureDigest,
  };
  return {
    organisationId,
    name: release.name,
    system: system.name,
    toplevel: system.toplevel,
    closureDigest: system.closureDigest,
    manifest: manifest as object,
    note: null,
    createdBy: "release-keys",
    counter: release.counter,
    floor: release.floor,
    targetPath: path,
    sha256: target?.hashes.sha256 ?? "",
    length: target?.length ?? 0,
    signers: signersOf(set),
    withdrawn: listedAs(set, release.name).withdrawn,
    content: contentOf(release, system) as object,
    releasedAt: new Date(release.createdAtMs),
  };
}

function signersOf({ root, signatures }: PublishedSet): object {
  const names = holdersOf(root);
  return {
    by: signatures.valid.map((keyId) => ({ keyId, name: names.get(keyId) ?? null })),
    threshold: signatures.threshold,
    keys: signatures.valid.length + signatures.missing.length,
  };
}

/** Scanners that ran it untracked until now have something to be compared with (EXP-4). */
async function compareAgain(act: Act, toplevels: readonly string[]): Promise<void> {
  const { tx, nowMs } = act;
  const scanners = await store.scannersRunning(tx, toplevels);
  const now = { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) };
  for (let start = 0; start < scanners.length; start += SLICE) {
    const slice = scanners.slice(start, start + SLICE);
    await reconcludeAll(
      tx,
      slice.map(({ id }) => id),
      now,
    );
    for (const { id, siteId } of slice) act.scannersChanged([id as ScannerId], siteId as SiteId);
  }
}
