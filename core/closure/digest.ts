/**
 * The text whose SHA-256 (hex) is the closure digest: the identity of a closure beyond its name, so that a path of the same
 * name with other content is another closure (SEE-2; decisions.md "closure digest"). Hashing is left to the caller: core has
 * no crypto. `narHash` is base16. Order of the argument does not matter; store paths are ASCII, so code-unit order is bytewise.
 */
export function closureDigestText(paths: readonly { path: string; narHash: string }[]): string {
  const lines = paths.map(({ path, narHash }) => ({ path, line: `${path} ${narHash}\n` }));
  lines.sort((a, b) => compareBytewise(a.path, b.path));
  return `fiducial.closure.v1\n${lines.map(({ line }) => line).join("")}`;
}

/** Never `localeCompare`: its order depends on the language of the machine. Holds for ASCII, which store paths are. */
export function compareBytewise(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
