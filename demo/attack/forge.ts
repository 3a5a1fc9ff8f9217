import { sha256 } from "#agent/trust/seal.ts";
import { closureDigestText } from "#core/closure/digest.ts";
import { type Release, releaseSchema } from "#core/release/release.ts";

/** A path with its references by name, as an attacker would rather write it. */
export type ForgedPath = { path: string; narHash: string; narSize: number; references: readonly string[] };

export function pathsOf(release: Release): ForgedPath[] {
  return release.paths.map((one) => ({
    ...one,
    references: one.references.flatMap((at) => release.paths[at]?.path ?? []),
  }));
}

/**
 * The text of a release file with other contents, in itself without a flaw: positions, order and digest are right, so that only what
 * people signed tells it from a real one.
 */
export function forgedRelease(
  release: Release,
  { name, toplevel, paths }: { name: string; toplevel: string; paths: readonly ForgedPath[] },
): string {
  const [system] = release.systems;
  if (system === undefined) throw new Error("a release has a system");
  const sorted = [...paths].sort((a, b) => (a.path < b.path ? -1 : 1));
  const at = new Map(sorted.map((one, position) => [one.path, position]));
  const forged = {
    ...release,
    name,
    paths: sorted.map(({ references, ...one }) => ({
      ...one,
      references: references.flatMap((path) => at.get(path) ?? []).sort((a, b) => a - b),
    })),
    systems: [
      {
        ...system,
        toplevel,
        closureDigest: sha256(closureDigestText(sorted)),
        paths: sorted.map((_, position) => position),
        expected: { ...system.expected, toplevel },
      },
    ],
  };
  return JSON.stringify(forged);
}

/** The release in a file; an attacker reads what people signed like everybody. */
export function releaseIn(bytes: Uint8Array): Release {
  return releaseSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}
