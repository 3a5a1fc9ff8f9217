import type { RepositoryName } from "#core/trust/layout.ts";
import type { Signers } from "./key-ring.ts";
import type { Purpose } from "./private-key.ts";
import { readRoots } from "./roots.ts";
import { type RootsFile, withSignature } from "./signing-file.ts";

const PURPOSE_OF = { release: "release-root", director: "director-root" } as const satisfies Record<
  RepositoryName,
  Purpose
>;

/** Both roots with the signatures of one person of this station. @param as whose; null: the only one who can. */
export async function signRoots(ring: Signers, file: RootsFile, as: string | null): Promise<RootsFile> {
  const roots = readRoots(file);
  const signed = { ...file };
  for (const repository of ["release", "director"] as const) {
    const root = roots[repository];
    const wanted = new Set(
      root.body.roles.root.keyids.flatMap((id) => root.body.keys[id]?.keyval.public ?? []),
    );
    const { key } = await ring.signer(PURPOSE_OF[repository], wanted, as);
    signed[repository] = withSignature(file[repository], key);
  }
  return signed;
}
