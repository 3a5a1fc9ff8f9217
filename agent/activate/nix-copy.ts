import { noteCorrupt } from "#agent/activate/corrupt.ts";
import type { Folders } from "#agent/activate/folders.ts";
import type { SignedPath } from "#agent/activate/signed-list.ts";
import { type CacheName, clearCache, findCorrupt, layOutCache } from "#agent/activate/spool-cache.ts";
import type { Proved } from "#agent/change/port.ts";
import type { Nix } from "#agent/facts/nix.ts";
import type { System } from "#agent/system.ts";

export const FEATURES = ["--extra-experimental-features", "nix-command"];
export const LIMITS = { timeoutMs: 3 * 60 * 60_000, maxBytes: 16 * 1024 * 1024 };

export type CopyParts = { system: System; folders: Folders; trustedKeys: readonly string[] };

type Ask = {
  /** Where the cache is laid out. */
  name: CacheName;
  /** Paths of the signed list that the cache describes. */
  described: readonly SignedPath[];
  /** Those of them that the store lacks. */
  wanted: readonly SignedPath[];
  /** What `nix copy` is asked for, options included. */
  ask: readonly string[];
  /** Ahead of the change's own copy: it can be cut off, lets others go first, and leaves it to that one to note what is corrupt. */
  early?: { signal: AbortSignal };
};

/** From the spool into the store, by a cache of root's own. Never `--no-check-sigs`, never `--import`: both would take what nobody signed (L28, E-01). */
export async function copyFromSpool(
  { system, folders, trustedKeys }: CopyParts,
  nix: Nix,
  { name, described, wanted, ask, early }: Ask,
): Promise<Proved> {
  const laidOut = await layOutCache(folders, described, new Set(wanted.map((one) => one.path)), {
    name,
    signal: early?.signal,
  });
  if (!laidOut.ok) {
    const { cache: _, path, corrupt, ...why } = laidOut;
    if (corrupt && path !== undefined && early === undefined) await noteCorrupt(folders, path);
    return why;
  }
  const options = {
    "require-sigs": "true",
    "trusted-public-keys": trustedKeys.join(" "),
    substituters: "",
    "narinfo-cache-negative-ttl": "0",
    "narinfo-cache-positive-ttl": "0",
  };
  const set = Object.entries(options).flatMap(([option, value]) => ["--option", option, value]);
  const command = [nix.program, ...FEATURES, "copy", "--from", `file://${laidOut.cache}`, ...set, ...ask];
  const [program = "", ...args] = early === undefined ? command : ["nice", "-n", "19", ...command];
  const ran = await system.run(program, args, { ...LIMITS, ...early });
  if (!ran.ok) return { ok: false, detail: `nix copy: ${ran.detail}` };
  if (ran.value.status !== 0 && early !== undefined) return failureOf(ran.value.stderr);
  if (ran.value.status !== 0) return explain(folders, failureOf(ran.value.stderr), laidOut.cache, wanted);
  await clearCache(folders, name);
  return { ok: true };
}

/** A changed byte can look like any defect: which file it was is found by reading them all, and only then. */
async function explain(
  folders: Folders,
  failure: Proved,
  cache: string,
  wanted: readonly SignedPath[],
): Promise<Proved> {
  if (!failure.ok && "refused" in failure && failure.refused !== "content-mismatch") return failure;
  const corrupt = await findCorrupt(cache, wanted);
  if (corrupt === null) return failure;
  await noteCorrupt(folders, corrupt);
  return { ok: false, refused: "content-mismatch", detail: corrupt };
}

/** The copy failed whatever it said; the words only choose how it is told (Nix has no exit status for it, L35). */
function failureOf(said: string): Proved {
  const detail = said.trim().split("\n").at(-1)?.slice(0, 500) ?? "";
  if (/lacks a valid signature|lacks a signature|not signed by/.test(said))
    return { ok: false, refused: "bad-signature", detail };
  if (/hash mismatch|size mismatch|bad archive|input file|corrupt/.test(said))
    return { ok: false, refused: "content-mismatch", detail };
  if (/No space left|Disk quota/.test(said)) return { ok: false, refused: "disk-full", detail };
  return { ok: false, detail: `nix copy: ${detail}` };
}
