import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { ScannerId } from "#core/identity/identity.ts";
import { METADATA_LIMIT_BYTES, targetName } from "#core/trust/layout.ts";
import { AttemptLimit } from "#server/session/attempt-limit.ts";
import { readBelow, sizeOf } from "./files.ts";
import type { RepositoryFolders } from "./folders.ts";
import { cacheFile, type RepositoryFile, tufFile } from "./names.ts";
import type { Published } from "./published.ts";
import { createSender, end, type Found } from "./send.ts";

export type ServePorts = {
  folders: RepositoryFolders;
  published: Published;
  /** Makes sure that the director's files of a scanner are there and fresh; false: there is no such scanner. */
  directorReady: (scannerId: ScannerId) => Promise<boolean>;
  clock: () => number;
};

const TUF = "/agent/v1/tuf/";
const CACHE = "/agent/v1/cache/";
/** Of one address; a hospital's scanners fetch a few hundred files each, all at once. */
const REQUESTS = { max: 5_000, windowMs: 10_000 };
/** Of one address: scanners know their own number, so who names many that are none is guessing. */
const STRANGERS = { max: 30, windowMs: 10_000 };
const CACHE_INFO = Buffer.from("StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n");

/**
 * What scanners download: metadata, release files, the cache. No secret lies there, so nobody signs in; what they believe they believe
 * for the signatures. Resolves false where the path is not of the repository.
 */
export function createRepositoryEndpoint(ports: ServePorts) {
  const limit = new AttemptLimit(REQUESTS);
  const strangers = new AttemptLimit(STRANGERS);
  const send = createSender();
  const admit = (address: string, file: RepositoryFile | null) => {
    const nowMs = ports.clock();
    return limit.take(address, nowMs) || (namesScanner(file) ? strangers.take(address, nowMs, 0) : 0);
  };
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    at: { path: string; address: string },
  ) => {
    if (!at.path.startsWith(TUF) && !at.path.startsWith(CACHE)) return false;
    if (request.method !== "GET" && request.method !== "HEAD") return end(response, 405);
    const file = fileAt(at.path);
    const waitS = admit(at.address, file);
    if (waitS > 0) {
      response.setHeader("retry-after", String(waitS));
      return end(response, 429);
    }
    const found = file === null ? null : await find(ports, file);
    if (found !== null) return await send(request, response, found, at.address);
    if (namesScanner(file)) strangers.take(at.address, ports.clock());
    return end(response, 404);
  };
}

/** Each such look is one into the database. */
function namesScanner(file: RepositoryFile | null): boolean {
  return file?.kind === "metadata" && file.role === "timestamp" && file.scannerId !== null;
}

function fileAt(path: string): RepositoryFile | null {
  return path.startsWith(TUF) ? tufFile(path.slice(TUF.length)) : cacheFile(path.slice(CACHE.length));
}

async function find(ports: ServePorts, file: RepositoryFile): Promise<Found | null> {
  const { folders, published } = ports;
  const set = published.current();
  switch (file.kind) {
    case "cache-info":
      return { bytes: CACHE_INFO, type: "text/x-nix-cache-info", lasting: false };
    case "metadata":
      return file.repository === "director"
        ? await directorFile(ports, file)
        : metadata(set?.metadata.get(file.name), file);
    case "release": {
      const path = `releases/${file.release}/release.json`;
      const target = set?.targets.targets[path];
      if (target?.hashes.sha256 !== file.sha256) return null;
      return await onDisk(
        join(folders.release, targetName(path, file.sha256)),
        "application/json",
        file.sha256,
      );
    }
    case "narinfo": {
      const entry = await published.find("narinfos", file.hash);
      const bytes =
        entry === null ? null : await readBelow(folders.cache, `${file.hash}.narinfo`, 256 * 1024);
      return bytes === null ? null : { bytes, type: "text/x-nix-narinfo", lasting: false };
    }
    case "nar": {
      const entry = await published.find("nars", file.file);
      if (entry === null) return null;
      return await onDisk(join(folders.cache, "nar", file.file), "application/x-nix-nar", entry.narHash);
    }
  }
}

type MetadataFile = Extract<RepositoryFile, { kind: "metadata" }>;

function metadata(bytes: Uint8Array | null | undefined, { role }: MetadataFile): Found | null {
  if (bytes == null) return null;
  return { bytes, type: "application/json", lasting: role !== "timestamp" };
}

async function directorFile(ports: ServePorts, file: MetadataFile): Promise<Found | null> {
  const { folders } = ports;
  const { scannerId, role, name } = file;
  if (scannerId === null) return null;
  if (role === "root")
    return metadata(await readBelow(folders.directorRoots, name, METADATA_LIMIT_BYTES.root), file);
  // The timestamp is what a look begins with: the rest lies there already.
  if (role === "timestamp" && !(await ports.directorReady(scannerId))) return null;
  const bytes = await readBelow(folders.director, `${scannerId}/${name}`, METADATA_LIMIT_BYTES[role]);
  return metadata(bytes, { ...file, role: "timestamp" });
}

async function onDisk(path: string, type: string, etag: string): Promise<Found | null> {
  const size = await sizeOf(path);
  return size === null ? null : { path, size, etag, type };
}
