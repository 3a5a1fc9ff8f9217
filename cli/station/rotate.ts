import { expiresAt, sealMetadata, sha256, signedDigest } from "#agent/trust/seal.ts";
import { HOLDERS_FIELD, holdersOf } from "#core/release/holders.ts";
import { rootBody } from "#core/trust/bodies.ts";
import { keyIdOf, refuseKeys } from "#core/trust/keys.ts";
import { type MetadataRole, metadataName, type RepositoryName } from "#core/trust/layout.ts";
import type { RootBody } from "#core/trust/metadata.ts";
import type { OnlineKeys } from "#core/trust/online-keys.ts";
import type { PublicFile } from "./key-ring.ts";
import type { Purpose } from "./private-key.ts";
import { addToRepository, checkedRoot, neededRoot, needMetadata, type Signed } from "./repository.ts";
import { bytesOf, envelopeOf, merged, type RotationFile, signingState } from "./signing-file.ts";
import type { Station } from "./station.ts";
import { StationError } from "./station-error.ts";

export const BOTH: readonly RepositoryName[] = ["release", "director"];
const PURPOSE_OF_ROLE = {
  release: { root: "release-root", targets: "release" },
  director: { root: "director-root" },
} as const satisfies Record<RepositoryName, Partial<Record<MetadataRole, Purpose>>>;

/** What differs in the next roots; nothing: they only last longer. */
export type RotationAsk = {
  add: readonly PublicFile[];
  /** Names of holders whose keys count no more. */
  remove: readonly string[];
  /** Null: as it was. */
  rootThreshold: number | null;
  releaseThreshold: number | null;
  online: OnlineKeys | null;
  validMs: number;
  nowMs: number;
};

export type RootPair = Record<RepositoryName, Signed<"root">>;

export async function currentRoots(station: Pick<Station, "folder">): Promise<RootPair> {
  return { release: await neededRoot(station, "release"), director: await neededRoot(station, "director") };
}

/** The next roots, unsigned. Throws StationError when the keys that are left cannot do what is asked of them. */
export function makeRotation(before: RootPair, ask: RotationAsk): RotationFile {
  for (const name of ask.remove)
    if (!BOTH.some((one) => [...holdersOf(before[one].body).values()].includes(name)))
      throw new StationError("usage", `No root names a key of ${name}: "fiducial root show" says whose do.`);
  return {
    schema: "fiducial.signing/1",
    what: "rotation",
    release: envelopeOf(sealMetadata(nextRoot("release", before.release.body, ask), [])),
    director: envelopeOf(sealMetadata(nextRoot("director", before.director.body, ask), [])),
  };
}

function nextRoot(repository: RepositoryName, before: RootBody, ask: RotationAsk): RootBody {
  const holders = new Map(holdersOf(before));
  for (const { name, public: keys } of ask.add)
    for (const key of Object.values(keys)) holders.set(keyIdOf(key, sha256), name);
  const people = (role: "root" | "targets", threshold: number | null) => {
    const purpose = role === "root" ? PURPOSE_OF_ROLE[repository].root : PURPOSE_OF_ROLE.release.targets;
    const stay = publicKeys(before, role).filter(
      (key) => !ask.remove.includes(holders.get(keyIdOf(key, sha256)) ?? ""),
    );
    const come = ask.add.flatMap((one) => one.public[purpose] ?? []);
    return { keys: [...new Set([...stay, ...come])], threshold: threshold ?? before.roles[role].threshold };
  };
  const online = (role: MetadataRole) => ({
    keys: onlineKey(repository, role, ask.online) ?? publicKeys(before, role),
    threshold: before.roles[role].threshold,
  });
  const body = rootBody(
    {
      version: before.version + 1,
      expires: expiresAt(ask.nowMs + ask.validMs),
      roles: {
        root: people("root", ask.rootThreshold),
        targets: repository === "release" ? people("targets", ask.releaseThreshold) : online("targets"),
        snapshot: online("snapshot"),
        timestamp: online("timestamp"),
      },
    },
    sha256,
  );
  const named = [...holders].filter(([id]) => Object.hasOwn(body.keys, id));
  const root = { ...body, [HOLDERS_FIELD]: Object.fromEntries(named) };
  const refusal = refuseKeys(root, sha256);
  if (refusal === null) return root;
  throw new StationError(
    "usage",
    `These keys make no ${repository} root (${refusal.refused}): ${refusal.detail}.`,
  );
}

function publicKeys(root: RootBody, role: MetadataRole): string[] {
  return root.roles[role].keyids.flatMap((id) => root.keys[id]?.keyval.public ?? []);
}

function onlineKey(
  repository: RepositoryName,
  role: MetadataRole,
  online: OnlineKeys | null,
): string[] | null {
  if (online === null) return null;
  if (repository === "director") return [online.director];
  return role === "snapshot" ? [online.snapshot] : [online.timestamp];
}

/** Checks what came from somebody: each root has to follow this station's own. Nothing in it is believed before. */
export function readRotation(before: RootPair, file: RotationFile): RootPair {
  const read = (repository: RepositoryName) => {
    const root = needMetadata("root", bytesOf(file[repository]));
    const refusal = refuseKeys(root.body, sha256);
    if (refusal !== null)
      throw new StationError(
        "refused",
        `The ${repository} root is refused (${refusal.refused}): ${refusal.detail}.`,
      );
    const { version } = before[repository].body;
    const isHere = signedDigest(before[repository].bytes) === signedDigest(root.bytes);
    if (root.body.version !== version + 1 && !isHere)
      throw new StationError(
        "refused",
        `The ${repository} root is version ${root.body.version}; after ${version}, which this station has, comes ${version + 1}.`,
      );
    return root;
  };
  return { release: read("release"), director: read("director") };
}

/** What is missing of the signatures of the old root and of the new one; both have to be enough. */
export function rotationState(before: RootPair, next: RootPair, file: RotationFile) {
  return BOTH.map((repository) => ({
    repository,
    old: signingState(before[repository], "root", file[repository]),
    own: signingState(next[repository], "root", file[repository]),
  }));
}

/** The signatures of both files that count for the old root or for the new one. */
export function mergedRotation(
  before: RootPair,
  next: RootPair,
  mine: RotationFile,
  theirs: RotationFile,
): RotationFile {
  const one = (repository: RepositoryName) => {
    const by = [before, next].map((roots) =>
      merged(roots[repository].bytes, "root", mine[repository], theirs[repository]),
    );
    const signatures = new Map(
      by.flatMap((each) => each.signatures.map((sig) => [JSON.stringify(sig), sig])),
    );
    return { ...mine[repository], signatures: [...signatures.values()] };
  };
  return { ...mine, release: one("release"), director: one("director") };
}

/** Puts complete roots into the repository, after those they follow. Throws StationError below either threshold. */
export async function installRotation(
  station: Pick<Station, "folder">,
  before: RootPair,
  file: RotationFile,
): Promise<void> {
  const next = readRotation(before, file);
  for (const repository of BOTH) checkedRoot(before[repository].bytes, next[repository].bytes);
  for (const repository of BOTH) {
    const { body, bytes } = next[repository];
    await addToRepository(station, `${repository}/${metadataName("root", body.version)}`, bytes);
  }
}

/** Who is new, who is gone, and which numbers changed, in lines. */
export function differenceText(before: RootPair, next: RootPair): string {
  return BOTH.map((repository) => {
    const [old, now] = [before[repository].body, next[repository].body];
    const holders = new Map([...holdersOf(old), ...holdersOf(now)]);
    const lines = (["root", "targets", "snapshot", "timestamp"] as const).flatMap((role) => {
      const [was, is] = [old.roles[role], now.roles[role]];
      const name = (id: string) => `${role} ${holders.get(id) ?? "online"} (${id.slice(0, 8)})`;
      return [
        ...is.keyids.filter((id) => !was.keyids.includes(id)).map((id) => `  + ${name(id)}\n`),
        ...was.keyids.filter((id) => !is.keyids.includes(id)).map((id) => `  - ${name(id)}\n`),
        ...(was.threshold === is.threshold
          ? []
          : [`  ~ ${role} ${was.threshold} -> ${is.threshold} of ${is.keyids.length}\n`]),
      ];
    });
    const same = lines.length === 0 ? ["  the same keys for longer\n"] : lines;
    return `${repository} root ${old.version} -> ${now.version}, until ${now.expires} (before: ${old.expires})\n${same.join("")}`;
  }).join("");
}
