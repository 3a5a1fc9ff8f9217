import { join } from "node:path";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { refreshCarried } from "#agent/trust/refresh-carried.ts";
import {
  type NamedFile,
  type RepositoryRefreshed,
  refreshRepository,
} from "#agent/trust/refresh-repository.ts";
import { verifyRelease } from "#agent/trust/release-file.ts";
import { folderShelf, memoryShelf } from "#agent/trust/shelf.ts";
import type { Refused, Unreached } from "#agent/trust/trust-stop.ts";
import type { VerifiedInstruction, VerifiedRelease, VerifiedTargets } from "#agent/trust/verified.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { TrustRefusal } from "#core/trust/attack.ts";
import type { RepositoryName } from "#core/trust/layout.ts";
import { matchTargets } from "#core/trust/match.ts";

/**
 * What is believed of the two repositories, and the only way to believe more: `refresh`. One object per folder; looks wait for each
 * other. Everything that verifies uses this: activator, fetch program, signer, server, command line.
 */
export type Trust = {
  /** Never throws for what a repository may send or a network may do; throws the system's error when nothing can be kept on disk. */
  refresh(fetchers: Record<RepositoryName, Fetcher>): Promise<Refreshed>;
  /** The same of a bundle that was carried by hand, whose list of releases comes without snapshot and timestamp (decision 0023). */
  refreshCarried(fetchers: Record<RepositoryName, Fetcher>): Promise<Refreshed>;
  release(instruction: VerifiedInstruction, bytes: Uint8Array): VerifiedRelease | TrustRefusal;
};

export type Refreshed =
  | {
      ok: true;
      /** Null: the director asks nothing of this scanner. Not yet accepted: core/trust/accept.ts decides that. */
      instruction: VerifiedInstruction | null;
      /** Version of the director's targets. */
      directorVersion: number;
      releases: VerifiedTargets;
      director: VerifiedTargets;
      files: Record<RepositoryName, NamedFile[]>;
    }
  | Unreached
  /** `files`: where both repositories verified and only what the director asks is refused. */
  | (Refused & { files: Record<RepositoryName, NamedFile[]> | null });

export type TrustOptions = {
  /** Where verified metadata and version floors are kept; null: only in memory. */
  folder: string | null;
  /** From the configuration of the machine, never from the network. */
  firstRoots: Record<RepositoryName, Uint8Array>;
  scannerId: ScannerId;
  nowMs: () => number;
};

export function openTrust({ folder, firstRoots, scannerId, nowMs }: TrustOptions): Trust {
  const open = (repository: RepositoryName, recipient: ScannerId | null) =>
    openRepository({ folder, repository, firstRoot: firstRoots[repository], recipient, nowMs });
  const director = open("director", scannerId);
  const release = open("release", null);
  const look = async (fetchers: Record<RepositoryName, Fetcher>, how: "refresh" | "refreshCarried") => {
    // The director first: what it points at is then at most as new as the list of releases that is fetched after it.
    const asked = await director.refresh(fetchers.director);
    if (!asked.ok) return withoutFiles(asked);
    const listed = await release[how](fetchers.release);
    if (!listed.ok) return withoutFiles(listed);
    return matched(asked, listed, scannerId);
  };
  return {
    refresh: (fetchers) => look(fetchers, "refresh"),
    refreshCarried: (fetchers) => look(fetchers, "refreshCarried"),
    release: verifyRelease,
  };
}

type Looked = Extract<RepositoryRefreshed, { ok: true }>;

function withoutFiles(result: Unreached | Refused): Refreshed {
  return "refusal" in result ? { ...result, files: null } : result;
}

function matched(director: Looked, release: Looked, scannerId: ScannerId): Refreshed {
  const files = { director: director.files, release: release.files };
  const found = matchTargets(director.targets.targets, release.targets.targets, scannerId);
  if (found !== null && "refused" in found)
    return { ok: false, refusal: found, repository: "director", role: "targets", files };
  return {
    ok: true,
    instruction: found as VerifiedInstruction | null,
    directorVersion: director.targets.versions.targets,
    releases: release.targets,
    director: director.targets,
    files,
  };
}

export type RepositoryTrust = {
  refresh(fetcher: Fetcher): Promise<RepositoryRefreshed>;
  refreshCarried(fetcher: Fetcher): Promise<RepositoryRefreshed>;
};

/** One repository alone: who publishes or signs looks only at the releases. */
export function openRepository(options: {
  folder: string | null;
  repository: RepositoryName;
  firstRoot: Uint8Array;
  recipient: ScannerId | null;
  nowMs: () => number;
}): RepositoryTrust {
  const { folder, repository } = options;
  const shelf = folder === null ? memoryShelf() : folderShelf(join(folder, repository));
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (look: typeof refreshRepository) => (fetcher: Fetcher) => {
    const mine = () => look({ ...options, shelf }, fetcher);
    // A look that failed for the disk's sake was told to whoever asked for it; the next one starts anew.
    const next = last.then(mine, mine);
    last = next;
    return next;
  };
  return { refresh: inTurn(refreshRepository), refreshCarried: inTurn(refreshCarried) };
}
