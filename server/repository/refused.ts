import type { TrustRefusal } from "#core/trust/attack.ts";
import { PUBLISH_REFUSALS, type PublishRefusal } from "#core/trust/publish.ts";

/** The one error of publishing: nothing was taken, and the word says why. */
export class PublishRefused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(code: PublishRefusal, detail: string) {
    super(detail);
    this.name = "PublishRefused";
    this.code = code;
    this.status = PUBLISH_REFUSALS[code];
  }

  /** What the verifier refused, by the attack's name. */
  static of({ refused, where, detail }: TrustRefusal): PublishRefused {
    const one = new PublishRefused("not-listed", `${where}: ${detail}`);
    Object.assign(one, { code: refused, status: 403 });
    return one;
  }
}
