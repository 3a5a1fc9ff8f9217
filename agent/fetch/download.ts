import { type CacheSource, fetchPath, type PathProblem, type PathRun } from "#agent/fetch/fetch-path.ts";
import { Shelf } from "#agent/fetch/shelf.ts";
import type { WholeNar } from "#agent/fetch/spool.ts";
import type { MissingPath } from "#core/change/verbs.ts";

type Parts = Pick<PathRun, "spool" | "signal" | "throttle"> & {
  /** One list, with connections of its own, for each download at a time. */
  caches: readonly (readonly CacheSource[])[];
};

/** `came`: so many more bytes. `placed`: more of them are whole and have their names. */
export type Progress = { came: (bytes: number) => void; placed: () => void };

/** Brings these paths into the spool, as many at a time as there are lists of caches; the first problem ends it. */
export async function download(
  { caches, spool, signal, throttle }: Parts,
  missing: readonly MissingPath[],
  { came, placed }: Progress,
): Promise<PathProblem | null> {
  const waiting = twins(missing);
  const shelf = new Shelf(spool, placed);
  let problem: PathProblem | null = null;
  const isOver = () => signal.aborted || problem !== null;
  const worker = async (own: readonly CacheSource[]) => {
    for (let next = waiting.shift(); next !== undefined && !isOver(); next = waiting.shift())
      problem ??= await bring(next, { caches: own, spool, signal, throttle, progress: came }, shelf);
  };
  await Promise.all(caches.map(worker));
  await shelf.end();
  return problem;
}

/** Paths with the same content are one file in the spool: one after the other, so that no two write it at once. */
function twins(missing: readonly MissingPath[]): MissingPath[][] {
  const byContent = new Map<string, MissingPath[]>();
  for (const one of missing) byContent.set(one.narHash, [...(byContent.get(one.narHash) ?? []), one]);
  return [...byContent.values()];
}

async function bring(paths: readonly MissingPath[], run: PathRun, shelf: Shelf): Promise<PathProblem | null> {
  let twin: WholeNar | null = null;
  for (const path of paths) {
    const got: WholeNar | PathProblem = await fetchPath(path, run, twin);
    if ("detail" in got) return got;
    await shelf.take(got);
    twin = got;
  }
  return null;
}
