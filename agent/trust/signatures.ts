import { type AnyModel, type Model, parseMetadata } from "#agent/trust/model.ts";
import type { MetadataRole } from "#core/trust/layout.ts";

/** Who of those that a root lets speak for a role has signed a file, and who has not. Ids of keys. */
export type Signatures = { valid: string[]; missing: string[]; threshold: number };

/** Null when one of the files is not what it should be. Says nothing of versions and expiry: for those who collect signatures. */
export function signaturesOf(root: Uint8Array, role: MetadataRole, bytes: Uint8Array): Signatures | null {
  const delegator = parseMetadata("root", root);
  const metadata = parseMetadata(role, bytes);
  return delegator.ok && metadata.ok ? countSignatures(delegator.model, role, metadata.model) : null;
}

export function countSignatures(root: Model<"root">, role: MetadataRole, metadata: AnyModel): Signatures {
  const { keyIDs = [], threshold = 1 } = root.signed.roles[role] ?? {};
  const valid = keyIDs.filter((id) => isSignedBy(root, id, metadata));
  return { valid, missing: keyIDs.filter((id) => !valid.includes(id)), threshold };
}

/** The library says no by throwing, whatever the reason; here only yes and no are asked for. */
function isSignedBy(root: Model<"root">, keyId: string, metadata: AnyModel): boolean {
  try {
    const key = root.signed.keys[keyId];
    key?.verifySignature(metadata);
    return key !== undefined;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
