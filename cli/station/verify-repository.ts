import type { Fetcher, FetchProblem } from "#agent/trust/fetched.ts";
import { verifyListedRelease } from "#agent/trust/release-file.ts";
import { signaturesOf } from "#agent/trust/signatures.ts";
import { openRepository } from "#agent/trust/trust.ts";
import type { VerifiedTargets } from "#agent/trust/verified.ts";
import { holdersOf } from "#core/release/holders.ts";
import { RELEASE_LIMIT_BYTES, type Release, releaseTargetPath } from "#core/release/release.ts";
import { metadataName, targetName } from "#core/trust/layout.ts";
import { type Listed, listedReleases, needMetadata } from "./repository.ts";

export type VerifiedRepository = {
  targets: VerifiedTargets;
  /** Who signed the list, by name where the root says one. */
  signers: string[];
  threshold: number;
  releases: {
    name: string;
    counter: number;
    floor: number;
    withdrawn: string | null;
    release: Release | null;
  }[];
  /** What is wrong; empty: nothing. */
  problems: string[];
};

/** A file is not there, nothing answers, or what is there is refused: only the last says something about signatures. */
type NotBelieved = "absent" | "unreached" | "refused";
const BECAUSE = {
  absent: "absent",
  unreached: "unreached",
  "too-slow": "unreached",
  "too-large": "refused",
} as const satisfies Record<FetchProblem, NotBelieved>;

/**
 * Looks at a release repository as a scanner does, with the scanner's own code, from the first root on. Answers null and the reason
 * when it would not be believed at all.
 */
export async function verifyRepository(
  fetcher: Fetcher,
  firstRoot: Uint8Array,
  nowMs: number,
): Promise<{ ok: true; found: VerifiedRepository } | { ok: false; because: NotBelieved; why: string }> {
  const trust = openRepository({
    folder: null,
    repository: "release",
    firstRoot,
    recipient: null,
    nowMs: () => nowMs,
  });
  const looked = await trust.refresh(fetcher);
  if (!looked.ok && "unreached" in looked) {
    const { name, problem, detail } = looked.unreached;
    const because = BECAUSE[problem];
    return { ok: false, because, why: because === "unreached" ? detail : `${name}: ${detail}` };
  }
  if (!looked.ok)
    return {
      ok: false,
      because: "refused",
      why: `${looked.refusal.refused} (${looked.refusal.where}): ${looked.refusal.detail}`,
    };
  const { targets, files } = looked;
  const bytesOf = (name: string) => files.find((one) => one.name === name)?.bytes ?? new Uint8Array();
  const root = bytesOf(metadataName("root", targets.versions.root));
  const list = bytesOf(metadataName("targets", targets.versions.targets));
  const { valid = [], threshold = 0 } = signaturesOf(root, "targets", list) ?? {};
  const holders = holdersOf(needMetadata("root", root).body);
  const found: VerifiedRepository = {
    targets,
    signers: valid.map((id) => holders.get(id) ?? `key ${id.slice(0, 12)}`),
    threshold,
    releases: [],
    problems: [],
  };
  for (const one of listedReleases(needMetadata("targets", list).body)) {
    const release = await verifyRelease(fetcher, targets, one);
    if (typeof release === "string") found.problems.push(release);
    const { name, counter, floor, withdrawn } = one;
    found.releases.push({
      name,
      counter,
      floor,
      withdrawn,
      release: typeof release === "string" ? null : release,
    });
  }
  return { ok: true, found };
}

async function verifyRelease(
  fetcher: Fetcher,
  targets: VerifiedTargets,
  { name, target }: Listed,
): Promise<Release | string> {
  const fetched = await fetcher(
    targetName(releaseTargetPath(name), target.hashes.sha256),
    RELEASE_LIMIT_BYTES,
  );
  if (!fetched.ok) return `${name}: ${fetched.detail}`;
  const release = verifyListedRelease(targets, name, fetched.bytes);
  return "refused" in release ? `${name}: ${release.refused}: ${release.detail}` : release;
}
