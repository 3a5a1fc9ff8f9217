import type { RoleKey, Signing } from "#core/release/signers.ts";

/** "bob has signed, 1 of 2; missing: one of alice, carol". */
export function signingText(signing: Signing): string {
  const { threshold, signed, open, needed } = signing;
  const who = signed.length === 0 ? "nobody has signed" : `signed by ${names(signed)}`;
  const count = `${Math.min(signed.length, threshold)} of ${threshold}`;
  if (needed === 0) return `${who}: ${count}, complete`;
  const howMany = needed === open.length ? (needed === 1 ? "" : "all of ") : `${needed} of `;
  return `${who}: ${count}, missing: ${howMany}${names(open)}`;
}

export function names(keys: readonly RoleKey[]): string {
  return keys.map(({ holder, keyId }) => holder ?? `key ${keyId.slice(0, 12)}`).join(", ");
}
