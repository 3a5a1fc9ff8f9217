import { dirname } from "node:path";
import { durableWrite } from "#agent/link/durable.ts";
import { expiresAt, sealMetadata, sha256, signedDigest } from "#agent/trust/seal.ts";
import { HOLDERS_FIELD } from "#core/release/holders.ts";
import { rootBody } from "#core/trust/bodies.ts";
import { keyIdOf, refuseKeys } from "#core/trust/keys.ts";
import { metadataName, type RepositoryName } from "#core/trust/layout.ts";
import type { RootBody } from "#core/trust/metadata.ts";
import type { OnlineKeys } from "#core/trust/online-keys.ts";
import type { PublicFile } from "./key-ring.ts";
import type { Purpose } from "./private-key.ts";
import { addToRepository, firstRootPath, needMetadata, needThreshold, type Signed } from "./repository.ts";
import { bytesOf, envelopeOf, type RootsFile } from "./signing-file.ts";
import { openFolder, readIfThere, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

/** Who may say what: the people, how many of them must agree, and the keys of the signer. */
export type Ceremony = {
  people: readonly PublicFile[];
  rootThreshold: number;
  releaseThreshold: number;
  online: OnlineKeys;
  /** How long the roots are valid, milliseconds. */
  validMs: number;
  nowMs: number;
};

/** The two first roots, unsigned. Throws StationError when the keys cannot do what is asked of them. */
export function makeRoots(ceremony: Ceremony): RootsFile {
  const { online, people } = ceremony;
  const people_ = (purpose: Purpose, threshold: number) => ({
    keys: people.flatMap((one) => one.public[purpose] ?? []),
    threshold,
  });
  const one = (key: string) => ({ keys: [key], threshold: 1 });
  const release = makeRoot(ceremony, "release", {
    root: people_("release-root", ceremony.rootThreshold),
    targets: people_("release", ceremony.releaseThreshold),
    snapshot: one(online.snapshot),
    timestamp: one(online.timestamp),
  });
  const director = makeRoot(ceremony, "director", {
    root: people_("director-root", ceremony.rootThreshold),
    targets: one(online.director),
    snapshot: one(online.director),
    timestamp: one(online.director),
  });
  return {
    schema: "fiducial.signing/1",
    what: "roots",
    release: envelopeOf(sealMetadata(release, [])),
    director: envelopeOf(sealMetadata(director, [])),
  };
}

function makeRoot(
  { people, validMs, nowMs }: Ceremony,
  repository: RepositoryName,
  roles: Parameters<typeof rootBody>[0]["roles"],
): RootBody {
  for (const [role, { keys, threshold }] of Object.entries(roles))
    if (keys.length < threshold)
      throw new StationError(
        "usage",
        `The ${role} role of the ${repository} repository wants ${threshold} keys, and the files hold ${keys.length}.`,
      );
  const holders = people.flatMap(({ name, public: keys }) =>
    Object.values(keys).map((key) => [keyIdOf(key, sha256), name]),
  );
  const body = rootBody({ version: 1, expires: expiresAt(nowMs + validMs), roles }, sha256);
  const named = Object.fromEntries(
    holders.filter(([id]) => id !== undefined && Object.hasOwn(body.keys, id)),
  );
  const root = { ...body, [HOLDERS_FIELD]: named };
  const refusal = refuseKeys(root, sha256);
  if (refusal !== null)
    throw new StationError("usage", `These keys make no root (${refusal.refused}): ${refusal.detail}.`);
  return root;
}

/** Checks both roots of a file that came from somebody; nothing in it is believed before. */
export function readRoots(file: RootsFile): Record<RepositoryName, Signed<"root">> {
  const read = (repository: RepositoryName) => {
    const root = needMetadata("root", bytesOf(file[repository]));
    const refusal = refuseKeys(root.body, sha256);
    if (refusal !== null)
      throw new StationError(
        "refused",
        `The ${repository} root is refused (${refusal.refused}): ${refusal.detail}.`,
      );
    if (root.body.version !== 1)
      throw new StationError(
        "refused",
        `The ${repository} root is version ${root.body.version}; a first root is version 1.`,
      );
    return root;
  };
  return { release: read("release"), director: read("director") };
}

/** Puts complete roots into the repository. The first root of a station is for ever; another one is refused. */
export async function installRoots(station: Pick<Station, "folder">, file: RootsFile): Promise<void> {
  const roots = readRoots(file);
  for (const repository of ["release", "director"] as const) {
    const { bytes } = roots[repository];
    needThreshold(bytes, "root", bytes);
    const path = firstRootPath(station, repository);
    const there = await readIfThere(path);
    if (there !== null && signedDigest(there) !== signedDigest(bytes))
      throw new StationError(
        "refused",
        `${path} is another first root. A station has one; nothing was replaced.`,
      );
  }
  for (const repository of ["release", "director"] as const) {
    const path = firstRootPath(station, repository);
    const bytes = roots[repository].bytes;
    if (repository === "release") await addToRepository(station, `release/${metadataName("root", 1)}`, bytes);
    await openFolder(dirname(path));
    if ((await readIfThere(path)) === null) await durableWrite(path, bytes, { mode: 0o644 });
  }
}
