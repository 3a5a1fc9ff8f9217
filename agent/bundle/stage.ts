import { mkdir, readdir, rename, rm, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Host } from "#agent/activate/host.ts";
import { makeLink, nixStore } from "#agent/activate/nix-store.ts";
import { type SignedPath, saveSignedPaths } from "#agent/activate/signed-list.ts";
import { type Bundle, openBundle } from "#agent/bundle/bundle.ts";
import { BundleError } from "#agent/bundle/bundle-error.ts";
import { describedNar, readNar } from "#agent/bundle/carried-nar.ts";
import type { Found } from "#agent/bundle/look-at-bundle.ts";
import type { Proved } from "#agent/change/port.ts";
import { durableFolder, durableWrite, removeIfThere } from "#agent/link/durable.ts";
import { noRoom, noRoomText } from "#core/change/room.ts";
import { narFileName, narinfoName } from "#core/closure/narinfo.ts";
import { CACHE_FOLDER } from "#core/trust/layout.ts";

/** Root's own folder for what is read from a bundle: once it lies here, the stick is not needed any more, and cannot change it. */
export type Stage = { folder: string; spool: string; nars: string };

export function stageOf({ folders }: Pick<Host, "folders">): Stage {
  const folder = join(folders.state, "bundle");
  const spool = join(folder, "spool");
  return { folder, spool, nars: join(spool, CACHE_FOLDER, "nar") };
}

/** Everything once in our folder and once in the store. Throws BundleError `disk-full`. */
export async function needRoom(host: Host, absent: readonly SignedPath[]): Promise<void> {
  const wanted = 2 * absent.reduce((sum, { narSize }) => sum + narSize, 0);
  const { bavail, bsize } = await statfs(host.folders.state);
  const freeBytes = Math.min(bavail * bsize, (await host.store.space()).freeBytes);
  const room = { freeBytes, neededBytes: wanted };
  const no = noRoom(room);
  if (no !== null) throw new BundleError("disk-full", noRoomText(room, no));
}

/**
 * Reads what is missing from the bundle, each archive once and only under its signed hash. What an earlier try brought is read again
 * from this disk and not from the stick. Throws BundleError; nothing but our own folder has changed by then.
 */
export async function stageBundle(
  stage: Stage,
  bundle: Bundle,
  { absent, files }: Found,
  tell: (bytes: number) => void,
): Promise<void> {
  await durableFolder(stage.nars);
  await dropOthers(stage, absent);
  const own = openBundle(stage.spool);
  for (const one of absent) {
    const target = join(stage.spool, CACHE_FOLDER, narFileName(one.narHash));
    if (!(await isWhole(own, one))) {
      const draft = `${target}.unfinished`;
      await readNar(bundle, one, draft);
      await rename(draft, target);
    }
    const described = await describedNar(bundle, one);
    await durableWrite(join(stage.spool, CACHE_FOLDER, narinfoName(one.path)), described);
    tell(one.narSize);
  }
  for (const { name, bytes } of files) {
    await mkdir(dirname(join(stage.spool, name)), { recursive: true, mode: 0o700 });
    await durableWrite(join(stage.spool, name), bytes);
  }
}

async function isWhole(own: Bundle, one: SignedPath): Promise<boolean> {
  try {
    await readNar(own, one, null);
    return true;
  } catch (error) {
    if (error instanceof BundleError) return false;
    throw error;
  }
}

/** Of a bundle before this one: it would fill the disk for nothing. */
async function dropOthers({ spool, nars }: Stage, absent: readonly SignedPath[]): Promise<void> {
  for (const folder of ["release", "director"])
    await rm(join(spool, folder), { recursive: true, force: true });
  const wanted = new Set(absent.map(({ narHash }) => basename(narFileName(narHash))));
  for (const name of await readdir(nars)) if (!wanted.has(name)) await removeIfThere(join(nars, name));
}

export async function clearStage({ spool }: Stage): Promise<void> {
  await rm(spool, { recursive: true, force: true });
}

/** Brings staged paths into the store as every change does: signatures required, bytes compared by Nix; kept from being collected until the change has roots of its own. */
export type Import = (host: Host, stage: Stage, found: Found) => Promise<Proved>;
export const importStaged: Import = async (host, stage, { paths, absent, instruction }) => {
  const { toplevel } = instruction.instruction;
  if (absent.length === 0) return { ok: true };
  await makeLink(carriedRoot(host), toplevel);
  await saveSignedPaths(stage.folder, paths);
  const store = nixStore({
    system: host.system,
    folders: { ...host.folders, state: stage.folder, spool: stage.spool },
    trustedKeys: host.settings.trustedKeys,
    bootId: host.bootId,
  });
  return store.copy(toplevel);
};

export function carriedRoot({ folders }: Pick<Host, "folders">): string {
  return join(folders.gcRoots, "carried");
}
