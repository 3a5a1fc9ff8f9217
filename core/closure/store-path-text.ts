/**
 * `/nix/store/<32 base32 digits>-<name>`; the alphabet leaves out e o t u, the name is at most 211 bytes (Nix manual,
 * "Store path"; test Z-10). Another store directory is allowed on purpose: tests and some sites keep stores elsewhere.
 */
export const STORE_PATH =
  /^\/(?:[A-Za-z0-9+._?=-]+\/)+[0-9abcdfghijklmnpqrsvwxyz]{32}-[A-Za-z0-9+._?=-]{1,211}$/;

export const STORE_PATH_CHARACTERS = 512;

export function hasDotSegment(path: string): boolean {
  return path.split("/").some((part) => part === "." || part === "..");
}

/** The same as the schema of store-path.ts, where a text is only looked at. */
export function isStorePathText(path: string): boolean {
  return path.length <= STORE_PATH_CHARACTERS && STORE_PATH.test(path) && !hasDotSegment(path);
}
