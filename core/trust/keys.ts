import type { TrustRefusal } from "#core/trust/attack.ts";
import type { MetadataRole } from "#core/trust/layout.ts";
import type { MetadataKey, RootBody } from "#core/trust/metadata.ts";

/** SHA-256 of a text, lower-case hex; handed in, because core has no crypto. */
export type Sha256 = (text: string) => string;

const ROLES: readonly MetadataRole[] = ["root", "targets", "snapshot", "timestamp"];

export function metadataKey(publicKey: string): MetadataKey {
  return { keytype: "ed25519", scheme: "ed25519", keyval: { public: publicKey } };
}

/** TUF 1.0 §4.2: the id of a key is the SHA-256 of its canonical JSON. */
export function keyIdOf(publicKey: string, sha256: Sha256): string {
  return sha256(`{"keytype":"ed25519","keyval":{"public":"${publicKey}"},"scheme":"ed25519"}`);
}

/**
 * What TUF leaves to whoever accepts a root: one key under two ids would count twice for a threshold (pitfall 10 of
 * update-systems.md §4.3), and a threshold above the number of keys could never be met again.
 */
export function refuseKeys(root: RootBody, sha256: Sha256): TrustRefusal | null {
  for (const role of ROLES) {
    const { keyids, threshold } = root.roles[role];
    const material = keyids.map((id) => root.keys[id]?.keyval.public);
    if (new Set(material).size < material.length)
      return { refused: "duplicate-key", where: "root", detail: `role ${role} names one key twice` };
    if (threshold > material.length)
      return {
        refused: "wrong-metadata",
        where: "root",
        detail: `role ${role} wants ${threshold} of ${material.length} keys`,
      };
  }
  for (const [id, key] of Object.entries(root.keys))
    if (id !== keyIdOf(key.keyval.public, sha256))
      return { refused: "wrong-metadata", where: "root", detail: `key ${id.slice(0, 12)} has another id` };
  return null;
}

/** Ids of the keys that speak for a role, sorted: a change of them is what lets go of the role's old versions. */
export function keysOfRole(root: RootBody, role: MetadataRole): string[] {
  return [...root.roles[role].keyids].sort();
}
