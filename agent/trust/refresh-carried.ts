import type { Fetcher } from "#agent/trust/fetched.ts";
import { beginRun, type RepositoryRefreshed } from "#agent/trust/refresh-repository.ts";
import { fetchFile, keepFloor, type RepositoryOptions } from "#agent/trust/run.ts";
import { refused, TrustStop } from "#agent/trust/trust-stop.ts";
import type { FoundTargets, VerifiedTargets } from "#agent/trust/verified.ts";
import { parsed, verifying } from "#agent/trust/verify-step.ts";
import { CARRIED_TARGETS_NAME, METADATA_LIMIT_BYTES } from "#core/trust/layout.ts";
import { BODY_SCHEMAS } from "#core/trust/metadata.ts";

/**
 * One look at a repository that was carried by hand: roots and targets alone (PURE-2, update-systems.md §4.4). That the list is not an
 * old one is said by its floor, which only rises, and by the end of the director's instruction, which came with it.
 */
export async function refreshCarried(
  options: RepositoryOptions,
  fetcher: Fetcher,
): Promise<RepositoryRefreshed> {
  const { repository } = options;
  const place = { repository, role: "targets" } as const;
  try {
    const run = await beginRun(options, fetcher);
    const bytes = await fetchFile(run, "targets", CARRIED_TARGETS_NAME, METADATA_LIMIT_BYTES.targets);
    const { model } = parsed(place, bytes);
    const { root } = run.store;
    verifying({ place, root, model, wrongVersion: "wrong-metadata" }, () =>
      root.verifyDelegate("targets", model),
    );
    // What is acted on is read from the model that the signatures were checked over, never from the bytes.
    const found = BODY_SCHEMAS.targets.parse(model.signed.toJSON());
    await keepFloor(run, "targets", found.version);
    if (run.nowMs >= Date.parse(found.expires))
      throw refused(repository, "targets", "metadata-frozen", `expired at ${found.expires}`);
    run.files.set(CARRIED_TARGETS_NAME, bytes);
    const set: FoundTargets = {
      targets: found.targets,
      versions: { root: root.signed.version, timestamp: 0, snapshot: 0, targets: found.version },
      expiresAtMs: Date.parse(found.expires),
    };
    const files = [...run.files].map(([name, content]) => ({ name, bytes: content }));
    return { ok: true, targets: set as VerifiedTargets, files };
  } catch (error) {
    if (error instanceof TrustStop) return error.result;
    throw error;
  }
}
