import { TrustedMetadataStore } from "tuf-js/dist/store.js";
import { sha256 } from "#agent/trust/seal.ts";
import { refused, TrustStop } from "#agent/trust/trust-stop.ts";
import { type Place, parsed, verifying } from "#agent/trust/verify-step.ts";
import { refuseKeys } from "#core/trust/keys.ts";
import { METADATA_LIMIT_BYTES, metadataName, type RepositoryName } from "#core/trust/layout.ts";
import type { RootBody } from "#core/trust/metadata.ts";

/** The library's store, begun with the first root from the configuration, at the moment `nowMs`. Throws TrustStop. */
export function openStore(
  repository: RepositoryName,
  firstRoot: Uint8Array,
  nowMs: number,
): TrustedMetadataStore {
  const place: Place<"root"> = { repository, role: "root" };
  if (firstRoot.length > METADATA_LIMIT_BYTES.root)
    throw refused(repository, "root", "too-large", `the first root has ${firstRoot.length} bytes`);
  const { body, model } = parsed(place, firstRoot);
  refuseRoot(repository, body);
  const store = verifying({ place, root: model, model, wrongVersion: "wrong-metadata" }, () => {
    return new TrustedMetadataStore(Buffer.from(firstRoot));
  });
  // Private to its types, but the only way to tell it the time: its own is a `new Date()` (pitfall 9).
  Object.assign(store, { referenceTime: new Date(nowMs) });
  return store;
}

/** Takes the next root, N+1, signed by both the old keys and its own (TUF 1.0 §5.3). Throws TrustStop. */
export function takeRoot(repository: RepositoryName, store: TrustedMetadataStore, bytes: Uint8Array): void {
  const place: Place<"root"> = { repository, role: "root" };
  const { body, model } = parsed(place, bytes);
  refuseRoot(repository, body);
  const { root } = store;
  const wrongVersion = body.version <= root.signed.version ? "metadata-rolled-back" : "wrong-metadata";
  verifying({ place, root, model, wrongVersion }, () => store.updateRoot(Buffer.from(bytes)));
}

/** The same for a root that is kept: one that is torn, or follows another first root, is fetched again instead. */
export function takeKeptRoot(
  repository: RepositoryName,
  store: TrustedMetadataStore,
  bytes: Uint8Array,
): boolean {
  try {
    takeRoot(repository, store, bytes);
    return true;
  } catch (error) {
    if (error instanceof TrustStop) return false;
    throw error;
  }
}

function refuseRoot(repository: RepositoryName, body: RootBody): void {
  const found = refuseKeys(body, sha256);
  if (found !== null) throw refused(repository, "root", found.refused, found.detail);
}

export function nextRootName(store: TrustedMetadataStore): string {
  return metadataName("root", store.root.signed.version + 1);
}
