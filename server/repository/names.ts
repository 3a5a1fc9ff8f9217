import { type ScannerId, scannerIdSchema } from "#core/identity/identity.ts";
import { releaseNameSchema } from "#core/release/release.ts";
import { type MetadataRole, REPOSITORIES, type RepositoryName } from "#core/trust/layout.ts";

/**
 * The grammar of every name below the addresses of the repository. What is no such name is nothing; what is one is looked up in what was
 * verified. Nothing of a request ever becomes part of a path.
 */
export type RepositoryFile =
  | {
      kind: "metadata";
      repository: RepositoryName;
      scannerId: ScannerId | null;
      name: string;
      role: MetadataRole;
      version: number | null;
    }
  /** `name` as targets name it, with the hash that stands in its file name. */
  | { kind: "release"; release: string; sha256: string }
  | { kind: "narinfo"; hash: string }
  | { kind: "nar"; file: string }
  | { kind: "cache-info" };

const METADATA = /^(?:timestamp|([1-9][0-9]{0,8})\.(root|snapshot|targets))\.json$/;
const RELEASE = /^targets\/releases\/([^/]{1,64})\/([0-9a-f]{64})\.release\.json$/;
const NIX32 = "[0123456789abcdfghijklmnpqrsvwxyz]";
const NARINFO = new RegExp(`^(${NIX32}{32})\\.narinfo$`);
const NAR = new RegExp(`^nar/(${NIX32}{52})\\.nar$`);

/** Below `/agent/v1/tuf/`; the director's roots are the same for every scanner. */
export function tufFile(path: string): RepositoryFile | null {
  const [repository, ...rest] = path.split("/");
  if (repository === "director") {
    const scannerId = scannerIdSchema.safeParse(rest[0]);
    return scannerId.success ? metadataFile("director", scannerId.data, rest.slice(1).join("/")) : null;
  }
  return repository === "release" ? releaseFile(rest.join("/")) : null;
}

/** Below `/publish/v1/`: roots and targets are what people sign, the rest is the signer's. */
export function publishedFile(path: string): RepositoryFile | null {
  const [first = "", ...more] = path.split("/");
  const rest = more.join("/");
  if (first === "cache") return cacheFile(rest);
  const repository = REPOSITORIES.find((one) => one === first);
  if (repository === undefined) return null;
  const file = repository === "release" ? releaseFile(rest) : metadataFile(repository, null, rest);
  if (file?.kind !== "metadata") return file;
  const signedOffline = file.role === "root" || (file.role === "targets" && repository === "release");
  return signedOffline ? file : null;
}

function releaseFile(rest: string): RepositoryFile | null {
  const [, release = "", sha256 = ""] = RELEASE.exec(rest) ?? [];
  if (sha256 === "") return metadataFile("release", null, rest);
  return releaseNameSchema.safeParse(release).success ? { kind: "release", release, sha256 } : null;
}

function metadataFile(
  repository: RepositoryName,
  scannerId: ScannerId | null,
  name: string,
): RepositoryFile | null {
  const found = METADATA.exec(name);
  if (found === null) return null;
  const [, version, role] = found;
  return {
    kind: "metadata",
    repository,
    scannerId,
    name,
    role: (role ?? "timestamp") as MetadataRole,
    version: version === undefined ? null : Number(version),
  };
}

/** Below `/agent/v1/cache/`. */
export function cacheFile(path: string): RepositoryFile | null {
  if (path === "nix-cache-info") return { kind: "cache-info" };
  const [, hash] = NARINFO.exec(path) ?? [];
  if (hash !== undefined) return { kind: "narinfo", hash };
  const [, file] = NAR.exec(path) ?? [];
  return file === undefined ? null : { kind: "nar", file: `${file}.nar` };
}
