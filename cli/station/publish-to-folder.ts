import { randomBytes } from "node:crypto";
import { open, readdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { durableWrite, errorCode, removeIfThere, syncFolder } from "#agent/link/durable.ts";
import { narFileName, narinfoName } from "#core/closure/narinfo.ts";
import { pathsOf } from "./cache.ts";
import { Progress } from "./progress.ts";
import { openPublished } from "./published-files.ts";
import { newestVersionIn } from "./repository.ts";
import { openFolder, readIfThere, repositoryFolderOf, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";
import type { OwnRepository } from "./verify-own.ts";

const COPY_BYTES = 4 * 1024 * 1024;

/**
 * Brings the repository to a folder of the same layout: a stick, a share, the data folder of a server. What is there already and the
 * same is left alone, so a copy that was cut goes on; the file that makes the rest visible comes last.
 */
export async function publishToFolder(
  station: Pick<Station, "folder">,
  own: OwnRepository,
  target: string,
): Promise<{ files: number; bytes: number }> {
  const there = await newestVersionIn(join(target, "release"), "targets");
  if (there !== null && there > own.targets)
    throw new StationError(
      "refused",
      `${target} has list ${there} already, this station only ${own.targets}. Nothing was copied.`,
    );
  await openFolder(target);
  const names = await namesOf(station, own);
  const done = { files: 0, bytes: 0 };
  const progress = new Progress("Copying", await totalOf(station, names));
  for (const name of names) {
    const bytes = await copyPublished(station, name, join(target, name), progress);
    if (bytes === null) continue;
    done.files += 1;
    done.bytes += bytes;
  }
  progress.end();
  return done;
}

/** In the order in which it is safe to copy: what others name before what names it. */
async function namesOf(
  station: Pick<Station, "folder">,
  { root, directorRoot, targets, releases }: OwnRepository,
): Promise<string[]> {
  const folder = join(repositoryFolderOf(station), "release");
  const metadata = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const of = (ending: string) => metadata.filter((name) => name.endsWith(ending)).sort();
  const paths = [
    ...new Map(releases.flatMap(({ release }) => pathsOf(release)).map((one) => [one.path, one])).values(),
  ];
  const roots = [
    ...Array.from({ length: root }, (_, at) => `release/${at + 1}.root.json`),
    ...Array.from({ length: directorRoot - 1 }, (_, at) => `director/${at + 2}.root.json`),
  ];
  return [
    "first-root/release.root.json",
    "first-root/director.root.json",
    ...roots,
    "cache/nix-cache-info",
    ...paths.map((one) => `cache/${narFileName(one.narHash)}`),
    ...paths.map((one) => `cache/${narinfoName(one.path)}`),
    ...releases.map((one) => `release/${one.file}`),
    `release/${targets}.targets.json`,
    ...of(".snapshot.json").map((name) => `release/${name}`),
    ...of("timestamp.json").map((name) => `release/${name}`),
  ];
}

async function totalOf(station: Pick<Station, "folder">, names: readonly string[]): Promise<number> {
  let total = 0;
  for (const name of names)
    total += (await stat(join(repositoryFolderOf(station), name)).catch(() => null))?.size ?? 0;
  return total;
}

/** One file of the repository. Bytes that were written; null: it was there already, or is not here. */
export async function copyPublished(
  station: Pick<Station, "folder">,
  name: string,
  target: string,
  progress: Progress,
): Promise<number | null> {
  const file = await openPublished(station, name);
  if (file === null) return null;
  try {
    await openFolder(dirname(target));
    if (!name.startsWith("cache/nar/")) {
      const content = await file.read(0, file.size);
      progress.add(content.length);
      const before = await readIfThere(target);
      if (before !== null && Buffer.compare(before, content) === 0) return null;
      await durableWrite(target, content, { mode: 0o644 });
      return content.length;
    }
    const there = await stat(target).catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return null;
      throw error;
    });
    if (there?.size === file.size) {
      progress.add(file.size);
      return null;
    }
    await copyLarge(file, target, progress);
    return file.size;
  } finally {
    await file.close();
  }
}

async function copyLarge(
  file: NonNullable<Awaited<ReturnType<typeof openPublished>>>,
  target: string,
  progress: Progress,
): Promise<void> {
  const unfinished = `${target}.${randomBytes(4).toString("hex")}.unfinished`;
  const out = await open(unfinished, "wx", 0o644);
  try {
    for (let at = 0; at < file.size; at += COPY_BYTES) {
      const piece = await file.read(at, COPY_BYTES);
      await out.write(piece);
      progress.add(piece.length);
    }
    await out.sync();
    await rename(unfinished, target);
    await syncFolder(dirname(target));
  } finally {
    await out.close();
    await removeIfThere(unfinished);
  }
}
