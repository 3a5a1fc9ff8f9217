import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { RepositoryName } from "#core/trust/layout.ts";

/** Where the repository lies below the data folder. Everything in it is public but `incoming`, which nobody has verified whole yet. */
export type RepositoryFolders = {
  /** `{release,director}.root.json`, put there by a person: what everything else is believed by. */
  firstRoots: string;
  /** Metadata and target files of the release repository, as scanners read them. */
  release: string;
  /** Roots of the director after the first. */
  directorRoots: string;
  /** One folder per scanner, written by the signer. */
  director: string;
  /** A binary cache in Nix's layout. */
  cache: string;
  incoming: string;
  /** What this process believes of the release repository, with its version floors. */
  trust: string;
};

export function repositoryFolders(dataFolder: string): RepositoryFolders {
  const base = join(dataFolder, "repository");
  return {
    firstRoots: join(base, "first-root"),
    release: join(base, "release"),
    directorRoots: join(base, "director-root"),
    director: join(base, "director"),
    cache: join(base, "cache"),
    incoming: join(base, "incoming"),
    trust: join(base, "trust"),
  };
}

export function firstRootName(repository: RepositoryName): string {
  return `${repository}.root.json`;
}

export function signerFolder(dataFolder: string): string {
  return join(dataFolder, "signer");
}

/** Folders that only this user may enter. */
export async function makeFolders(folders: RepositoryFolders): Promise<void> {
  const inside = [
    join(folders.cache, "nar"),
    join(folders.incoming, "release"),
    join(folders.incoming, "nar"),
  ];
  for (const path of [...Object.values(folders), ...inside])
    await mkdir(path, { recursive: true, mode: 0o700 });
}
