import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { open, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Nix } from "#agent/facts/nix.ts";
import { durableWrite, removeIfThere, syncFolder } from "#agent/link/durable.ts";
import {
  narFileName,
  narFingerprint,
  narinfoName,
  narinfoText,
  parseNarinfo,
} from "#core/closure/narinfo.ts";
import { closureOf, type SystemPath } from "#core/release/closure.ts";
import type { Release } from "#core/release/release.ts";
import { CACHE_FOLDER } from "#core/trust/layout.ts";
import { type CacheKey, isSignedByCache, signFingerprint } from "./cache-key.ts";
import { Progress } from "./progress.ts";
import { openFolder, readIfThere, repositoryFolderOf, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

/**
 * Fills `repository/cache/` in the layout of Nix's binary cache: one uncompressed NAR and one signed narinfo per path. `nix-store
 * --dump` is the same in every Nix, and each NAR is hashed while it is written: what is not what the database says never gets a name
 * (`nix copy` to a folder neither signs what is there already nor says so; L30).
 */
export async function fillCache(
  station: Pick<Station, "folder">,
  nix: Nix,
  key: CacheKey,
  release: Release,
): Promise<void> {
  const cache = join(repositoryFolderOf(station), CACHE_FOLDER);
  await openFolder(join(cache, "nar"));
  const store = dirname(release.paths[0]?.path ?? "/nix/store/x");
  const info = join(cache, "nix-cache-info");
  if ((await readIfThere(info)) === null)
    await durableWrite(info, `StoreDir: ${store}\nWantMassQuery: 1\nPriority: 30\n`, { mode: 0o644 });
  const paths = pathsOf(release);
  const progress = new Progress(
    "Writing to the cache",
    paths.reduce((sum, one) => sum + one.narSize, 0),
  );
  for (const one of paths) {
    if (!(await isInCache(cache, one, key.publicText))) await addPath(cache, nix, key, one);
    progress.add(one.narSize);
  }
  progress.end();
}

/** Every path of the release once, with its references. */
export function pathsOf(release: Release): SystemPath[] {
  const named = release.systems.flatMap((system) => closureOf(release, system));
  return [...new Map(named.map((one) => [one.path, one])).values()];
}

async function addPath(cache: string, nix: Nix, key: CacheKey, one: SystemPath): Promise<void> {
  await dumpNar(nix, one, join(cache, narFileName(one.narHash)));
  const text = narinfoText({ ...one, signatures: [signFingerprint(key, narFingerprint(one))] });
  await durableWrite(join(cache, narinfoName(one.path)), text, { mode: 0o644 });
}

/** Writes beside the name and gives it only to the right bytes. */
async function dumpNar(nix: Nix, { path, narHash, narSize }: SystemPath, target: string): Promise<void> {
  if ((await sizeOf(target)) === narSize) return;
  const unfinished = `${target}.${process.pid}.unfinished`;
  const file = await open(unfinished, "w", 0o644);
  try {
    const hash = createHash("sha256");
    let size = 0;
    const child = spawn(nix.storeProgram, ["--dump", path], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "close");
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      await file.write(chunk);
    }
    const [status] = await ended;
    if (status !== 0)
      throw new StationError("unreachable", `nix-store --dump ${path} ended with status ${status}.`);
    if (size !== narSize || hash.digest("hex") !== narHash)
      throw new StationError(
        "refused",
        `${path} on this disk is not what Nix registered: "nix-store --verify-path" it. It was not written to the cache.`,
      );
    await file.sync();
    await rename(unfinished, target);
    await syncFolder(dirname(target));
  } finally {
    await file.close();
    await removeIfThere(unfinished);
  }
}

async function sizeOf(path: string): Promise<number | null> {
  const info = await stat(path).catch(() => null);
  return info === null ? null : info.size;
}

/** Whether the cache describes the path as the release does, with this key's signature, and has its NAR at full length. */
async function isInCache(cache: string, one: SystemPath, publicText: string | null): Promise<boolean> {
  return (
    (await cacheProblem(cache, one, publicText)) === null &&
    (await sizeOf(join(cache, narFileName(one.narHash)))) === one.narSize
  );
}

/** What is wrong with the narinfo of a path; null: nothing. @param publicText key that must have signed; null: any content will do */
export async function cacheProblem(
  cache: string,
  one: SystemPath,
  publicText: string | null,
): Promise<string | null> {
  const bytes = await readIfThere(join(cache, narinfoName(one.path)));
  if (bytes === null) return "is not in the cache";
  const info = parseNarinfo(bytes.toString("utf8"));
  if (info === null) return "has a narinfo that cannot be read";
  if (narFingerprint(info) !== narFingerprint(one)) return "is another one in the cache than in the release";
  if (publicText !== null && !isSignedByCache(publicText, narFingerprint(one), info.signatures))
    return "is not signed by this station's cache key";
  return null;
}

/** Hashes a NAR of the cache; null: it is the one that the release lists. */
export async function narProblem(cache: string, { narHash, narSize }: SystemPath): Promise<string | null> {
  const path = join(cache, narFileName(narHash));
  if ((await sizeOf(path)) !== narSize) return "has no NAR of the signed size in the cache";
  const file = await open(path, "r");
  try {
    const hash = createHash("sha256");
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>)
      hash.update(chunk);
    return hash.digest("hex") === narHash ? null : "has other content in the cache than was signed";
  } finally {
    await file.close();
  }
}
