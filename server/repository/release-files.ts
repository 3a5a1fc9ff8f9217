import { floorOf } from "#core/trust/match.ts";
import type { ReleaseFiles } from "#server/release/service.ts";
import type { RepositoryStanding } from "#server/release/view.ts";
import type { Published, PublishedSet } from "./published.ts";

/** What the release pages read of the repository: the ages of what is seen now, and a release from the file that people signed. */
export function releaseFiles(published: Published): ReleaseFiles {
  return {
    standing: async () => {
      const set = published.current();
      return set === null ? null : standingOf(set);
    },
    release: ({ targetPath }) => published.release(targetPath.split("/")[1] ?? ""),
  };
}

function standingOf({ targets, root, expiresAtMs }: PublishedSet): RepositoryStanding {
  const age = (role: keyof typeof expiresAtMs) => ({
    version: targets.versions[role],
    expiresAtMs: expiresAtMs[role],
  });
  const { keyids, threshold } = root.roles.targets;
  return {
    root: { ...age("root"), releaseKeys: keyids.length, releaseThreshold: threshold },
    targets: age("targets"),
    snapshot: age("snapshot"),
    timestamp: age("timestamp"),
    floor: floorOf(targets.targets),
  };
}
