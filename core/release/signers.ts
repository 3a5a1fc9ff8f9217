/** A key of a role: its id as the root says it, and who is known to hold it; null: nobody told. */
export type RoleKey = { keyId: string; holder: string | null };

/** Who has signed one file, and what is missing until it counts (SIG-1). */
export type Signing = {
  threshold: number;
  signed: RoleKey[];
  /** Keys of the role that have not signed yet: any `needed` of them will do. */
  open: RoleKey[];
  /** Signatures that are still missing; 0 when the file counts. */
  needed: number;
};

/**
 * Counts signatures the way the verifier does: only keys of the role, only valid ones, each key once. Two keys of the role never
 * hold the same public key; that is refused when the root is made (duplicate-key).
 * @param valid ids of keys whose signature on the very bytes was verified.
 */
export function signingOf(
  role: { threshold: number; keys: readonly RoleKey[] },
  valid: ReadonlySet<string>,
): Signing {
  const signed = role.keys.filter((one) => valid.has(one.keyId));
  return {
    threshold: role.threshold,
    signed,
    open: role.keys.filter((one) => !valid.has(one.keyId)),
    needed: Math.max(0, role.threshold - signed.length),
  };
}
