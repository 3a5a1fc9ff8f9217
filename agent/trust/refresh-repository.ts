import { EqualVersionError } from "tuf-js/dist/error.js";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { readFloors, writeFloors } from "#agent/trust/floors.ts";
import { followRoots } from "#agent/trust/follow-roots.ts";
import type { AnyModel } from "#agent/trust/model.ts";
import { openStore } from "#agent/trust/root-chain.ts";
import { fetchFile, keepFloor, type RepositoryOptions, type Run } from "#agent/trust/run.ts";
import { sha256 } from "#agent/trust/seal.ts";
import { type Refused, refused, TrustStop, type Unreached } from "#agent/trust/trust-stop.ts";
import type { FoundTargets, VerifiedTargets } from "#agent/trust/verified.ts";
import { parsed, verifying } from "#agent/trust/verify-step.ts";
import type { RefusalReason } from "#core/trust/attack.ts";
import {
  METADATA_LIMIT_BYTES,
  type MetadataRole,
  metadataName,
  RECIPIENT_FIELD,
} from "#core/trust/layout.ts";
import { BODY_SCHEMAS, type FileMeta, type MetadataBody, SIGNED_AT_FIELD } from "#core/trust/metadata.ts";

/** A metadata file under its name in the repository. */
export type NamedFile = { name: string; bytes: Uint8Array };
export type RepositoryRefreshed =
  /** `files`: everything that was verified, in the order in which it is safe to hand on: roots first, the timestamp last. */
  { ok: true; targets: VerifiedTargets; files: NamedFile[] } | Unreached | Refused;

type OnlineRole = Exclude<MetadataRole, "root">;

/** Two clocks that are both right may differ by this. */
const CLOCK_SLACK_MS = 5 * 60_000;

/**
 * One look at a repository (TUF 1.0 §5.3-5.6): roots, timestamp, snapshot, targets, each verified before the next is asked for and
 * kept as soon as it is verified. Drives the library's store itself, because its `Updater` loses rollback protection with a torn file
 * and the names of attacks in its errors (update-systems.md §4.3).
 */
export async function refreshRepository(
  options: RepositoryOptions,
  fetcher: Fetcher,
): Promise<RepositoryRefreshed> {
  try {
    const run = await beginRun(options, fetcher);
    const timestamp = await takeTimestamp(run);
    const snapshot = await takeSnapshot(run);
    const targets = await takeTargets(run);
    const found = verifiedTargets(run);
    run.files.set(metadataName("targets", found.versions.targets), targets);
    run.files.set(metadataName("snapshot", found.versions.snapshot), snapshot);
    run.files.set(metadataName("timestamp", found.versions.timestamp), timestamp);
    return { ok: true, targets: found, files: [...run.files].map(([name, bytes]) => ({ name, bytes })) };
  } catch (error) {
    if (error instanceof TrustStop) return error.result;
    throw error;
  }
}

/** From the first root to the newest; everything else of a look is believed by that one. */
export async function beginRun(options: RepositoryOptions, fetcher: Fetcher): Promise<Run> {
  const nowMs = options.nowMs();
  const run: Run = {
    ...options,
    nowMs,
    fetcher,
    store: openStore(options.repository, options.firstRoot, nowMs),
    floors: await readFloors(options.shelf, sha256(options.firstRoot)),
    files: new Map(),
  };
  await followRoots(run);
  return run;
}

async function takeTimestamp(run: Run): Promise<Uint8Array> {
  const { store, shelf } = run;
  const kept = await loadKept(run, "timestamp", (bytes) => store.updateTimestamp(bytes));
  const name = metadataName("timestamp", 0);
  const bytes = await fetchFile(run, "timestamp", name, METADATA_LIMIT_BYTES.timestamp);
  const { body, model } = parsed({ repository: run.repository, role: "timestamp" }, bytes);
  let isNew = true;
  take({ run, role: "timestamp", body, model, wrongVersion: "metadata-rolled-back" }, () => {
    try {
      store.updateTimestamp(Buffer.from(bytes));
    } catch (error) {
      // The version that is kept already: TUF stays with that, whatever else this one says.
      if (!(error instanceof EqualVersionError)) throw error;
      isNew = false;
    }
  });
  await keepFloor(run, "timestamp", body.version);
  await keepClock(run);
  refuseExpired(run, "timestamp", timestampOf(run).expires);
  if (!isNew && kept !== null) return kept;
  await shelf.write("timestamp.json", bytes);
  return bytes;
}

async function takeSnapshot(run: Run): Promise<Uint8Array> {
  const { store } = run;
  const meta = timestampOf(run).meta["snapshot.json"];
  const { bytes, isNew } = await named(run, "snapshot", meta, () =>
    // The older one is loaded so that the library compares the new one with it.
    loadKept(run, "snapshot", (old) => store.updateSnapshot(old, true)),
  );
  const { body, model } = parsed({ repository: run.repository, role: "snapshot" }, bytes);
  const before = store.snapshot?.signed.meta["targets.json"]?.version ?? 0;
  const wrongVersion = body.meta["targets.json"].version < before ? "metadata-rolled-back" : "mix-and-match";
  take({ run, role: "snapshot", body, model, wrongVersion }, () => store.updateSnapshot(Buffer.from(bytes)));
  await keepFloor(run, "snapshot", body.version);
  if (isNew) await run.shelf.write("snapshot.json", bytes);
  return bytes;
}

async function takeTargets(run: Run): Promise<Uint8Array> {
  const { store, repository } = run;
  const snapshot = BODY_SCHEMAS.snapshot.parse(store.snapshot?.signed.toJSON());
  const { bytes, isNew } = await named(run, "targets", snapshot.meta["targets.json"], async () => null);
  const { body, model } = parsed({ repository, role: "targets" }, bytes);
  take({ run, role: "targets", body, model, wrongVersion: "mix-and-match" }, () =>
    store.updateDelegatedTargets(Buffer.from(bytes), "targets", "root"),
  );
  await keepFloor(run, "targets", body.version);
  if (isNew) await run.shelf.write("targets.json", bytes);
  return bytes;
}

/**
 * What was kept of a role, shown to the library first: it protects against anything older. Damaged, expired or signed by keys that were
 * replaced since, it protects no more, and the floors do.
 */
async function loadKept(
  run: Run,
  role: OnlineRole,
  load: (bytes: Buffer) => unknown,
): Promise<Uint8Array | null> {
  const { repository, store } = run;
  const kept = await run.shelf.read(`${role}.json`);
  if (kept === null) return null;
  try {
    const { model } = parsed({ repository, role }, kept);
    verifying({ place: { repository, role }, root: store.root, model, wrongVersion: "mix-and-match" }, () =>
      load(Buffer.from(kept)),
    );
  } catch (error) {
    if (!(error instanceof TrustStop)) throw error;
  }
  return kept;
}

/** The file that the file above names by length and hash: the kept one if it is that, else fetched. */
async function named(
  run: Run,
  role: OnlineRole,
  meta: FileMeta,
  loadOlder: () => Promise<unknown>,
): Promise<{ bytes: Uint8Array; isNew: boolean }> {
  const kept = await run.shelf.read(`${role}.json`);
  if (kept?.length === meta.length && sha256(kept) === meta.hashes.sha256)
    return { bytes: kept, isNew: false };
  await loadOlder();
  const bytes = await fetchFile(run, role, metadataName(role, meta.version), meta.length);
  return { bytes, isNew: true };
}

type Taken = {
  run: Run;
  role: OnlineRole;
  body: MetadataBody;
  model: AnyModel;
  wrongVersion: RefusalReason;
};

/**
 * Verifies a file and that it is for this scanner. What was signed for another scanner is told as that, also when it is old or expired:
 * plain TUF would take it (pitfall 4, E-04).
 */
function take({ run, role, body, model, wrongVersion }: Taken, work: () => unknown): void {
  const { repository, store } = run;
  const stop = stopped(() =>
    verifying({ place: { repository, role }, root: store.root, model, wrongVersion }, work),
  );
  const reason = stop !== null && "refusal" in stop.result ? stop.result.refusal.refused : null;
  if (stop !== null && reason !== "metadata-frozen" && reason !== "metadata-rolled-back") throw stop;
  const named = body[RECIPIENT_FIELD];
  if (run.recipient !== null && named !== run.recipient)
    throw refused(repository, role, "wrong-recipient", `signed for ${String(named ?? "nobody")}`);
  if (stop !== null) throw stop;
}

function stopped(work: () => unknown): TrustStop | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof TrustStop) return error;
    throw error;
  }
}

/** A clock that is before the moment at which believed metadata was signed is wrong: nothing it calls fresh is (F-clock). */
async function keepClock(run: Run): Promise<void> {
  const { [SIGNED_AT_FIELD]: said, expires } = timestampOf(run);
  if (said === undefined) return;
  // Nobody signs after the expiry; bounds what a stolen key can claim.
  const newest = Math.max(run.floors.signedAtMs ?? 0, Math.min(said, Date.parse(expires)));
  if (run.nowMs + CLOCK_SLACK_MS < newest) {
    const detail = `this clock says ${new Date(run.nowMs).toISOString()}, metadata was signed at ${new Date(newest).toISOString()}`;
    throw refused(run.repository, "timestamp", "clock-wrong", detail);
  }
  if (newest === run.floors.signedAtMs) return;
  run.floors = { ...run.floors, signedAtMs: newest };
  await writeFloors(run.shelf, run.floors);
}

function refuseExpired({ repository, nowMs }: Run, role: MetadataRole, expires: string): void {
  if (nowMs >= Date.parse(expires))
    throw refused(repository, role, "metadata-frozen", `expired at ${expires}`);
}

function timestampOf({ store }: Run) {
  return BODY_SCHEMAS.timestamp.parse(store.timestamp?.signed.toJSON());
}

/** What is acted on is read from the model that the signatures were checked over, never from the bytes. */
function verifiedTargets(run: Run): VerifiedTargets {
  const { store } = run;
  const targets = BODY_SCHEMAS.targets.parse(store.targets?.signed.toJSON());
  const snapshot = BODY_SCHEMAS.snapshot.parse(store.snapshot?.signed.toJSON());
  const timestamp = timestampOf(run);
  const found: FoundTargets = {
    targets: targets.targets,
    versions: {
      root: store.root.signed.version,
      timestamp: timestamp.version,
      snapshot: snapshot.version,
      targets: targets.version,
    },
    expiresAtMs: Math.min(...[targets, snapshot, timestamp].map(({ expires }) => Date.parse(expires))),
  };
  return found as VerifiedTargets;
}
