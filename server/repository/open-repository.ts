import type { ScannerId } from "#core/identity/identity.ts";
import type { DirectorVersions } from "#server/change/director-versions.ts";
import type { Log } from "#server/log.ts";
import type { ReleaseFiles } from "#server/release/service.ts";
import type { SignerClient } from "#server/signer/client.ts";
import { makeFolders, repositoryFolders } from "./folders.ts";
import { type ActHere, importReleases } from "./import-releases.ts";
import { createPublishEndpoint } from "./publish-endpoint.ts";
import { openPublished, type Published } from "./published.ts";
import { createPublisher } from "./publisher.ts";
import { releaseFiles } from "./release-files.ts";
import { createRepositoryEndpoint } from "./serve.ts";
import * as store from "./store.ts";

export type RepositoryPorts = {
  dataFolder: string;
  signer: SignerClient;
  versions: DirectorVersions;
  read: <T>(look: (tx: Parameters<typeof store.scannerSite>[0]) => Promise<T>) => Promise<T>;
  act: ActHere;
  clock: () => number;
  log: Log;
};

export type Repository = {
  serve: ReturnType<typeof createRepositoryEndpoint>;
  publish: ReturnType<typeof createPublishEndpoint>;
  files: ReleaseFiles;
  /** Keeps the timestamp fresh, and brings into the database what it has not got yet. */
  round: () => Promise<void>;
};

/** A timestamp is signed anew when half of its day is over. */
const FRESH_LEFT_MS = 12 * 60 * 60_000;
/** A scanner looks every quarter of an hour: asked of the signer once in ten minutes at most. */
const DIRECTOR_READY_MS = 10 * 60_000;
const MOST_REMEMBERED = 50_000;

/** Everything about signed files that this process does: serving, taking in, and the rows that pages read. It holds no private key. */
export async function openRepositoryService(ports: RepositoryPorts): Promise<Repository> {
  const { dataFolder, signer, clock, log } = ports;
  const folders = repositoryFolders(dataFolder);
  await makeFolders(folders);
  const published = openPublished(folders, clock, log);
  const importAll = oneAtATime(() => importReleases({ published, read: ports.read, act: ports.act, log }));
  const publisher = createPublisher({ folders, published, signer, store: importAll, nowMs: clock, log });
  const directors = readyDirectors(ports);
  await published.reload();
  return {
    serve: createRepositoryEndpoint({ folders, published, directorReady: directors.ready, clock }),
    publish: createPublishEndpoint({
      folders,
      published,
      signer,
      store: importAll,
      nowMs: clock,
      log,
      publisher,
      directorRootTaken: directors.forget,
    }),
    files: releaseFiles(published),
    round: async () => {
      await freshen(published, signer, clock());
      await importAll();
    },
  };
}

/** Whoever publishes and the clock may want the same rows at the same moment: the second finds them. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.catch(() => undefined).then(work);
    return last;
  };
}

/** Also at the first round after a start, when the files expired while nothing ran. */
async function freshen(published: Published, signer: SignerClient, nowMs: number): Promise<void> {
  const expiresAtMs = published.current()?.expiresAtMs.timestamp ?? 0;
  if (expiresAtMs - nowMs > FRESH_LEFT_MS) return;
  const answer = await signer.ask({ verb: "freshen", scannerId: null });
  if (answer.ok) await published.reload();
}

/** What the director says to a scanner is signed when it is asked for (decisions.md, instruction); for nobody else is anything signed. */
function readyDirectors({ signer, versions, read, clock }: RepositoryPorts) {
  const readyUntil = new Map<string, number>();
  const ready = async (scannerId: ScannerId): Promise<boolean> => {
    const nowMs = clock();
    if ((readyUntil.get(scannerId) ?? 0) > nowMs) return true;
    if ((await read((tx) => store.scannerSite(tx, scannerId))) === null) return false;
    const answer = await signer.ask({ verb: "freshen", scannerId });
    if (answer.ok) {
      if (readyUntil.size >= MOST_REMEMBERED) readyUntil.clear();
      readyUntil.set(scannerId, nowMs + DIRECTOR_READY_MS);
      await versions.raise(scannerId, answer.version);
    }
    // Signed before, and the signer away now: the old file may still be good, and the scanner says if it is not.
    return true;
  };
  return { ready, forget: () => readyUntil.clear() };
}
