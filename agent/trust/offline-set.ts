import { openStore, takeRoot } from "#agent/trust/root-chain.ts";
import { countSignatures, type Signatures } from "#agent/trust/signatures.ts";
import { type Refused, refused, TrustStop } from "#agent/trust/trust-stop.ts";
import type { FoundTargets, VerifiedTargets } from "#agent/trust/verified.ts";
import { parsed, verifying } from "#agent/trust/verify-step.ts";
import type { RepositoryName } from "#core/trust/layout.ts";
import { BODY_SCHEMAS, type RootBody } from "#core/trust/metadata.ts";

/** What people sign offline, without the snapshot and timestamp that make it visible: for whoever takes a set in before it is. */
export type OfflineSet = {
  ok: true;
  root: RootBody;
  /** Null when none were given. Versions of what is not there are 0. */
  targets: VerifiedTargets | null;
  /** Who signed the targets. */
  signatures: Signatures | null;
};

type Given = {
  repository: RepositoryName;
  firstRoot: Uint8Array;
  /** Those after the first, in their order. */
  roots: readonly Uint8Array[];
  targets: Uint8Array | null;
  nowMs: number;
};

/** Never throws for what a file may hold. Whether a version is higher than the one before is for the caller, who knows that one. */
export function verifyOfflineSet(given: Given): OfflineSet | Refused {
  try {
    return verified(given);
  } catch (error) {
    if (error instanceof TrustStop && "refusal" in error.result) return error.result;
    throw error;
  }
}

function verified({ repository, firstRoot, roots, targets, nowMs }: Given): OfflineSet {
  const store = openStore(repository, firstRoot, nowMs);
  for (const bytes of roots) takeRoot(repository, store, bytes);
  const { root } = store;
  const now = new Date(nowMs);
  if (root.signed.isExpired(now))
    throw refused(repository, "root", "metadata-frozen", `root expired at ${root.signed.expires}`);
  const body = BODY_SCHEMAS.root.parse(root.signed.toJSON());
  if (targets === null) return { ok: true, root: body, targets: null, signatures: null };
  const place = { repository, role: "targets" } as const;
  const { model } = parsed(place, targets);
  verifying({ place, root, model, wrongVersion: "wrong-metadata" }, () =>
    root.verifyDelegate("targets", model),
  );
  if (model.signed.isExpired(now))
    throw refused(repository, "targets", "metadata-frozen", `expired at ${model.signed.expires}`);
  // What is acted on is read from the model that the signatures were checked over, never from the bytes.
  const found = BODY_SCHEMAS.targets.parse(model.signed.toJSON());
  const set: FoundTargets = {
    targets: found.targets,
    versions: { root: root.signed.version, timestamp: 0, snapshot: 0, targets: found.version },
    expiresAtMs: Date.parse(found.expires),
  };
  return {
    ok: true,
    root: body,
    targets: set as VerifiedTargets,
    signatures: countSignatures(root, "targets", model),
  };
}
