import { createHash } from "node:crypto";
import { mkdir, rename, statfs, symlink } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { withRoom, writeWithRoom } from "#agent/activate/ballast.ts";
import { dropEarlyRoots, rootEarly } from "#agent/activate/early-roots.ts";
import { type CopyParts, copyFromSpool, FEATURES, LIMITS } from "#agent/activate/nix-copy.ts";
import { readSignedPaths, type SignedPath } from "#agent/activate/signed-list.ts";
import { clearCache } from "#agent/activate/spool-cache.ts";
import type { Proved, Store } from "#agent/change/port.ts";
import { askClosure, findNix, type Nix } from "#agent/facts/nix.ts";
import { readKept, removeIfThere, syncFolder } from "#agent/link/durable.ts";
import { syncFileSystems } from "#agent/sync-file-systems.ts";
import type { System } from "#agent/system.ts";
import type { MissingPath } from "#core/change/verbs.ts";
import { closureDigestText } from "#core/closure/digest.ts";

const DAY_MS = 24 * 60 * 60_000;

const proofSchema = z.strictObject({
  proofs: z
    .array(
      z.strictObject({
        toplevel: z.string().max(512),
        bootId: z.string().max(64),
        atMs: z.int(),
        /** Over its paths and their NAR hashes as they were then. */
        digest: z.string().max(64).optional(),
      }),
    )
    .max(16),
});

export type NixStore = Store & {
  /** Which of these the store does not hold. */
  missing<P extends MissingPath>(paths: readonly P[]): Promise<P[]>;
  /** Copies these from the spool, whose references are among them or in the store, and keeps them from being collected. */
  copyEarly(paths: readonly SignedPath[], signal: AbortSignal): Promise<Proved>;
  /** The change is over: its closure has a root of its own, or nobody wants it. */
  dropEarly(): Promise<void>;
};

export type NixStoreParts = CopyParts & { bootId: string };

/** The Nix store of this host. */
export function nixStore(parts: NixStoreParts): NixStore {
  const { system, folders } = parts;
  let found: Promise<Nix> | null = null;
  const nix = () => {
    found ??= findNix(system, null).then((answer) => {
      if (!answer.ok) throw new Error(`Nix: ${JSON.stringify(answer.reason)}`);
      return answer.value;
    });
    return found;
  };
  return {
    copy: async (toplevel) => copy(parts, await nix(), toplevel),
    prove: async (toplevel, digest, fresh) => {
      const known = fresh ? await provedLately(parts, toplevel) : null;
      if (known !== null && (digest === null || known.digest === digest)) return stillThere(system, toplevel);
      const listed = await proveList(system, await nix(), toplevel, digest);
      if (!listed.ok) return listed;
      if (known !== null) return OK;
      const read = await proveContent(system, await nix(), toplevel);
      if (read.ok) await noteProof(parts, toplevel, listed.digest);
      return read;
    },
    missing: async (paths) => missing(system, await nix(), paths),
    copyEarly: async (paths, signal) => {
      await rootEarly(folders, paths);
      const ask = ["--no-recursive", ...paths.map(({ path }) => path)];
      const early = { name: "early", described: paths, wanted: paths, ask, early: { signal } } as const;
      return copyFromSpool(parts, await nix(), early);
    },
    dropEarly: async () => {
      await dropEarlyRoots(folders);
      await clearCache(folders, "early");
    },
    // On a full disk a name, too, wants a block: a change that dies of it would stand still without a word.
    root: (name, toplevel) => withRoom(folders.state, () => makeLink(join(folders.gcRoots, name), toplevel)),
    dropRootsBeyond: async (confirmed) => {
      for (let number = confirmed + 1; number <= confirmed + 8; number += 1)
        await removeIfThere(join(folders.gcRoots, `confirmed-${number}`));
      await syncFolder(folders.gcRoots);
    },
    sync: () => syncFileSystems([folders.store, folders.profiles, folders.state]),
    space: async () => {
      const { bavail, bsize } = await statfs(folders.store);
      return { freeBytes: bavail * bsize };
    },
  };
}

/** A link that is replaced whole and durably; also the root of a collection. */
export async function makeLink(path: string, target: string): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const draft = `${path}.${process.pid}.unfinished`;
  await removeIfThere(draft);
  await symlink(target, draft);
  await rename(draft, path);
  await syncFolder(folder);
}

/** More than these are not named one by one to a program. */
const MOST_NAMED = 512;

/**
 * The whole closure, of which nothing need be there yet. Where only a rest is missing, because the others were copied beside the download, that rest alone is
 * described and asked for; a path of the rest that is not there either is an error of Nix's, and the list is compared afterwards.
 */
async function copy(parts: NixStoreParts, nix: Nix, toplevel: string): Promise<Proved> {
  const signed = await readSignedPaths(parts.folders.state);
  const wanted = await missing(parts.system, nix, signed);
  const isRest = wanted.length > 0 && wanted.length < signed.length && wanted.length <= MOST_NAMED;
  if (!isRest)
    return copyFromSpool(parts, nix, { name: "cache", described: signed, wanted, ask: [toplevel] });
  const ask = ["--no-recursive", ...wanted.map(({ path }) => path)];
  return copyFromSpool(parts, nix, { name: "cache", described: wanted, wanted, ask });
}

const OK: Proved = { ok: true };

/**
 * With `proveContent` three statements that together leave nothing open: the database knows exactly the paths and NAR hashes that people
 * signed (their digest), for content-addressed paths, too, which no signature of a cache covers; and what is on the disk has those hashes.
 */
async function proveList(
  system: System,
  nix: Nix,
  toplevel: string,
  digest: string | null,
): Promise<{ ok: true; digest: string } | Exclude<Proved, { ok: true }>> {
  const infos = await askClosure(system, nix, toplevel);
  if (!infos.ok)
    return { ok: false, refused: "not-on-disk", detail: JSON.stringify(infos.reason).slice(0, 500) };
  const found = createHash("sha256").update(closureDigestText(infos.value)).digest("hex");
  if (digest === null || found === digest) return { ok: true, digest: found };
  return { ok: false, refused: "content-mismatch", detail: `the closure is ${found}, signed is ${digest}` };
}

async function proveContent(system: System, nix: Nix, toplevel: string): Promise<Proved> {
  const ran = await system.run(
    nix.program,
    [...FEATURES, "store", "verify", "--no-trust", "--recursive", toplevel],
    LIMITS,
  );
  if (!ran.ok) return { ok: false, detail: `nix store verify: ${ran.detail}` };
  if (ran.value.status === 0) return OK;
  return { ok: false, refused: "content-mismatch", detail: ran.value.stderr.trim().slice(-500) };
}

async function missing<P extends MissingPath>(system: System, nix: Nix, paths: readonly P[]): Promise<P[]> {
  const invalid = new Set<string>();
  for (let start = 0; start < paths.length; start += 500) {
    const batch = paths.slice(start, start + 500).map((one) => one.path);
    const ran = await system.run(nix.storeProgram, ["--check-validity", "--print-invalid", ...batch], {
      timeoutMs: 120_000,
      maxBytes: 1024 * 1024,
    });
    if (!ran.ok) throw new Error(`nix-store: ${ran.detail}`);
    for (const line of ran.value.stdout.split("\n").filter(Boolean)) invalid.add(line);
  }
  return paths.filter((one) => invalid.has(one.path));
}

const proofFile = ({ folders }: NixStoreParts) => join(folders.state, "proofs.json");

/**
 * Bits rot slowly: one reading of the disk a day and boot is enough for what nobody was to touch (bench rule of decisions.md). The list that
 * was read with it cannot become another one: a path's entry in the database goes only with the path, and roots of ours keep what is asked for so.
 */
async function provedLately(parts: NixStoreParts, toplevel: string) {
  const kept = await readKept(proofFile(parts), proofSchema);
  if (kept.state !== "kept") return null;
  const nowMs = parts.system.nowMs();
  const found = kept.value.proofs.find(
    (one) =>
      one.toplevel === toplevel &&
      one.bootId === parts.bootId &&
      nowMs >= one.atMs &&
      nowMs - one.atMs < DAY_MS,
  );
  return found ?? null;
}

/** A collector takes a system before what it refers to, so that one which is there is whole. */
async function stillThere(system: System, toplevel: string): Promise<Proved> {
  const found = await system.info(toplevel);
  return found.ok ? OK : { ok: false, refused: "not-on-disk", detail: `${toplevel}: ${found.detail}` };
}

async function noteProof(parts: NixStoreParts, toplevel: string, digest: string): Promise<void> {
  const kept = await readKept(proofFile(parts), proofSchema);
  const others = kept.state === "kept" ? kept.value.proofs.filter((one) => one.toplevel !== toplevel) : [];
  const proof = { toplevel, bootId: parts.bootId, atMs: Math.trunc(parts.system.nowMs()), digest };
  const text = JSON.stringify({ proofs: [proof, ...others].slice(0, 16) });
  await writeWithRoom(parts.folders.state, proofFile(parts), text);
}
