import { join } from "node:path";
import { durableWrite } from "#agent/link/durable.ts";
import { expiresAt, fileMeta, sealMetadata } from "#agent/trust/seal.ts";
import { snapshotBody, timestampBody } from "#core/trust/bodies.ts";
import { metadataName } from "#core/trust/layout.ts";
import { EXIT } from "../exit.ts";
import type { Given, Verb } from "../verb.ts";
import { KeyRing } from "./key-ring.ts";
import { passphrasesOf } from "./passphrase.ts";
import {
  addToRepository,
  currentTargets,
  neededRoot,
  needMetadata,
  newestVersion,
  type Signed,
} from "./repository.ts";
import {
  FOLDER_LINE,
  openStation,
  PASSPHRASE_LINE,
  PASSPHRASE_OPTIONS,
  readIfThere,
  repositoryFolderOf,
  STATION_OPTIONS,
  type Station,
} from "./station.ts";
import { StationError } from "./station-error.ts";
import { FRESH_VALID_MS } from "./validity.ts";

const NO_RELEASE =
  'There is no release yet. "fiducial ship WHAT" (one person) or "fiducial release create WHAT" makes the first.';

export const verb: Verb = {
  usage: `Usage: fiducial freshen

Signs anew which list of releases is the newest (snapshot and timestamp), for a folder without a server: scanners believe
it for 30 days. Only where this station keeps the online keys itself (fiducial init --online-keys here); else the server's
signer does it by itself. publish and ship do it, too, when there is something new.

${PASSPHRASE_LINE}${FOLDER_LINE}`,
  options: { ...STATION_OPTIONS, ...PASSPHRASE_OPTIONS },
  run: async (given: Given) => {
    const station = await openStation(given);
    if (station.settings.onlineKeys !== "here")
      throw new StationError(
        "usage",
        "The signer of the server says what is newest; this station has no key for it.",
      );
    const until = await freshen(station, new KeyRing(station, passphrasesOf(given)), Date.now());
    process.stdout.write(`Fresh until ${until}.\n`);
    return EXIT.ok;
  },
};

/** Snapshot first, timestamp last: the timestamp makes the rest visible. Answers until when. */
export async function freshen(station: Station, ring: KeyRing, nowMs: number): Promise<string> {
  const root = await neededRoot(station);
  const targets = await currentTargets(station, root);
  if (targets === null) throw new StationError("usage", NO_RELEASE);
  const publicKeys = (role: "snapshot" | "timestamp") =>
    new Set(root.body.roles[role].keyids.flatMap((id) => root.body.keys[id]?.keyval.public ?? []));
  const snapshotKey = await ring.signer("snapshot", publicKeys("snapshot"), null);
  const timestampKey = await ring.signer("timestamp", publicKeys("timestamp"), null);
  const before = await readTimestamp(station);
  const version =
    Math.max(
      (await newestVersion(station, "snapshot")) ?? 0,
      before?.body.meta["snapshot.json"].version ?? 0,
    ) + 1;
  const expires = expiresAt(nowMs + FRESH_VALID_MS);
  const meta = fileMeta(targets.body.version, targets.bytes);
  const snapshot = sealMetadata(snapshotBody({ version, expires, targets: meta }), [snapshotKey.key]);
  await addToRepository(station, `release/${metadataName("snapshot", version)}`, snapshot);
  const timestamp = sealMetadata(
    timestampBody({
      version: (before?.body.version ?? 0) + 1,
      expires,
      snapshot: fileMeta(version, snapshot),
      signedAtMs: nowMs,
    }),
    [timestampKey.key],
  );
  await durableWrite(timestampPath(station), timestamp, { mode: 0o644 });
  return expires;
}

function timestampPath(station: Pick<Station, "folder">): string {
  return join(repositoryFolderOf(station), "release", metadataName("timestamp", 0));
}

async function readTimestamp(station: Pick<Station, "folder">): Promise<Signed<"timestamp"> | null> {
  const bytes = await readIfThere(timestampPath(station));
  return bytes === null ? null : needMetadata("timestamp", bytes);
}

/** Whether the timestamp speaks of the newest list and will for a while: nothing has to be signed anew. */
export async function isFresh(station: Station, nowMs: number): Promise<boolean> {
  const timestamp = await readTimestamp(station);
  const targets = await currentTargets(station, await neededRoot(station));
  if (timestamp === null || targets === null) return false;
  const { version } = timestamp.body.meta["snapshot.json"];
  const bytes = await readIfThere(
    join(repositoryFolderOf(station), "release", metadataName("snapshot", version)),
  );
  if (bytes === null) return false;
  const snapshot = needMetadata("snapshot", bytes);
  return (
    snapshot.body.meta["targets.json"].version === targets.body.version &&
    Date.parse(timestamp.body.expires) - nowMs > FRESH_VALID_MS / 2
  );
}
