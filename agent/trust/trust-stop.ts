import type { FetchProblem } from "#agent/trust/fetched.ts";
import type { RefusalReason, TrustRefusal } from "#core/trust/attack.ts";
import type { MetadataRole, RepositoryName } from "#core/trust/layout.ts";

/** A file that could not be had: nobody lied, so nothing is refused; the next look may bring it. */
export type Unreached = {
  ok: false;
  unreached: {
    repository: RepositoryName;
    role: MetadataRole;
    name: string;
    problem: FetchProblem;
    detail: string;
  };
};
export type Refused = { ok: false; refusal: TrustRefusal; repository: RepositoryName; role: MetadataRole };

/** Ends one look at a repository; becomes a value at the edge (refresh-repository.ts). */
export class TrustStop extends Error {
  readonly result: Unreached | Refused;

  constructor(result: Unreached | Refused) {
    super("refusal" in result ? result.refusal.detail : result.unreached.detail);
    this.name = "TrustStop";
    this.result = result;
  }
}

export function refused(
  repository: RepositoryName,
  role: MetadataRole,
  reason: RefusalReason,
  detail: string,
): TrustStop {
  return new TrustStop({
    ok: false,
    refusal: { refused: reason, where: `${repository} ${role}`, detail: detail.slice(0, 300) },
    repository,
    role,
  });
}
