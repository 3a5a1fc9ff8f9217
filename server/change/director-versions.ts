import type { WithScope } from "#server/database/scoped.ts";
import * as store from "./store.ts";

/**
 * Version of the newest instruction metadata of each scanner, which every acknowledgement tells it (protocol.md): from memory, because a
 * fleet acknowledges hundreds of times a second.
 */
export type DirectorVersions = {
  /** 0: never was anything signed for it. */
  of: (scannerId: string) => number;
  raise: (scannerId: string, version: number) => Promise<void>;
};

export async function openDirectorVersions(withScope: WithScope): Promise<DirectorVersions> {
  const versions = new Map(await withScope({ all: true }, (tx) => store.directorVersions(tx)));
  return {
    of: (scannerId) => versions.get(scannerId) ?? 0,
    raise: async (scannerId, version) => {
      if (version <= (versions.get(scannerId) ?? 0)) return;
      versions.set(scannerId, version);
      await withScope({ all: true }, (tx) => store.setDirectorVersion(tx, scannerId, version));
    },
  };
}
